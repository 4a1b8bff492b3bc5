"""Signs that tell a state without colour."""

PAID = {"paid": "✓", "partial": "~", "unpaid": "!", "credit": "+"}
ROOM = {"available": "□", "occupied": "■", "renovation": "x"}
IMPORT = {"queued": "…", "running": ">", "done": "✓", "failed": "!", "undone": "x"}
JOB = {"ready": "…", "leased": ">", "done": "✓", "dead": "!", "discarded": "x"}
FOUND = {"pass": "✓", "warn": "~", "fail": "!"}
CONDITION = {"good": "✓", "worn": "~", "broken": "!", "missing": "?"}
