"""Synthetic inpatient records and the programs that print them."""
