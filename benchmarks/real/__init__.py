"""Questions about real records that are not in this repository."""
