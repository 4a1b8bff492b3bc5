"""Books of older revisions."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import make_url

from db.engine import Database
from db.migrations import runner
from tests.conftest import command, named


@contextmanager
def book_of(server_url: str, revision: str) -> Iterator[Database]:
    """A database of its own with the schema of that revision."""
    name = f"old_{uuid.uuid4().hex[:12]}"
    command(server_url, f'create database "{name}"')
    database = Database(named(server_url, name))
    config = Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    with database.transaction() as conn:
        config.attributes["connection"] = conn
        alembic.upgrade(config, revision)
    yield database
    command(server_url, f'drop database "{make_url(database.url).database}" with (force)')
