"""The invariants of the book as named SQL checks: silent while they hold, else they list the rows that break them."""
