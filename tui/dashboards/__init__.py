"""The dashboards of the operations: performance, database, business, cache. Loaded when they are first looked at."""
