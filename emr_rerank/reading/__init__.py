"""Reading: PDF to Record. Pages and tables first, then text, sections and sentences."""
