"""SQLAlchemy Core tables, one file per subject, and the views."""
