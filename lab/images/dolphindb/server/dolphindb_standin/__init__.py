"""A stand-in for the DolphinDB server, for tests: not the vendor's software, and no database to keep anything in."""
