"""The archive: records, sections, sentences and section vectors in SQL, and batch indexing into it."""
