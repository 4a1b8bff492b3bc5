"""A made-up book to try things on: two kos with two years of history, and as many more tenants as wanted."""
