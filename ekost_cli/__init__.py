"""The `ekost` command: parse, call, show."""
