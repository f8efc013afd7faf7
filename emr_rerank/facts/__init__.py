"""Record sentences → facts, trends, contradictions."""
