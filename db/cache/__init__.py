"""Answers that are kept in a Redis beside the book, for who only looks; the book never depends on one of them."""
