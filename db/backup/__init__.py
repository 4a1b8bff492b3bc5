"""Copies of the whole book in files: made, examined and brought back by PostgreSQL's own programs."""
