"""Papers that are given to people, read out of the book."""
