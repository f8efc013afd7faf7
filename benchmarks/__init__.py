"""Measurements beside peers, each one command: `python -m benchmarks.NAME`."""
