"""Sources into the record: read files and queries, map them, check them, and keep what breaks a rule in quarantine."""
