"""Prints the sample records: content (YAML) in, PDF and expected answers (JSON) out."""
