"""The command line: arguments, pages of text, exit codes."""
