"""The big table: fed by keyset, painted line by line, with a bounded window of rows in memory."""
