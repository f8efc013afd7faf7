"""How the shipped models were made, one command a step."""
