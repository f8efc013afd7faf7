"""From a question and a record to scored evidence: understanding, shortlist, rerankers, choice."""
