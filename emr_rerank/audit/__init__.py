"""The audit journal: what was asked and answered, chained by hashes, verifiable, exportable to SQL."""
