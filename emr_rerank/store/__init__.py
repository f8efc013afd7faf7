"""The SQL databases that archive and journal live in."""
