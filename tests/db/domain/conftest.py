"""The rules are pure, so a slow example only means a busy machine: no deadline per example."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, database=None)
settings.load_profile("rules")
