"""Questions and changes beside the loop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, text

from db.engine import Database, DatabaseBusyError, Limits
from tui.book import Book, ReadOnlyError

SLOW = "select pg_sleep(20)"


@asynccontextmanager
async def opened(url: str, **options: bool) -> AsyncIterator[Book]:
    book = Book(lambda: Database(url, Limits(pool_size=3)), **options)
    try:
        yield book
    finally:
        await asyncio.to_thread(book.close)


def running(conn: Connection) -> int:
    """How many of our slow statements the server works on."""
    query = "select count(*) from pg_stat_activity where query = :slow and state = 'active'"
    return int(conn.execute(text(query), {"slow": SLOW}).scalar_one())


async def test_a_question_that_nobody_waits_for_is_stopped_on_the_server(database_url: str) -> None:
    async with opened(database_url) as book:
        asked = asyncio.create_task(book.ask(lambda conn: conn.exec_driver_sql(SLOW)))
        while not await book.ask(running):
            await asyncio.sleep(0.02)
        asked.cancel()
        async with asyncio.timeout(5):
            while await book.ask(running):
                await asyncio.sleep(0.02)


async def test_who_leaves_does_not_wait_for_an_answer(database_url: str) -> None:
    async with asyncio.timeout(8):
        async with opened(database_url) as book:
            asked = asyncio.create_task(book.ask(lambda conn: conn.exec_driver_sql(SLOW)))
            while not await book.ask(running):
                await asyncio.sleep(0.02)
        with pytest.raises(DatabaseBusyError):
            await asked


async def test_what_is_only_tried_is_not_kept(database_url: str) -> None:
    def add(conn: Connection) -> int:
        from db.services.properties import add_property

        add_property(conn, "KOSA", "Kos Melati")
        return int(conn.execute(text("select count(*) from properties")).scalar_one())

    def count(conn: Connection) -> int:
        return int(conn.execute(text("select count(*) from properties")).scalar_one())

    async with opened(database_url, read_only=True) as book:
        assert await book.change(add, dry_run=True) == 1
        with pytest.raises(ReadOnlyError):
            await book.change(add)
        assert await book.ask(count) == 0
