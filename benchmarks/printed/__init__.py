"""Documents with known truth, printed as PDF by several producers: what the reading benchmark reads."""
