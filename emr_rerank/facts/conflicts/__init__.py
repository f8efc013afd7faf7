"""Statements that can't all be true of one patient: in the evidence of one answer, or in a whole record."""
