"""Stand-in for OceanBase Migration Service."""
