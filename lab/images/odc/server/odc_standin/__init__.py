"""Stand-in for the server of OceanBase Developer Center."""
