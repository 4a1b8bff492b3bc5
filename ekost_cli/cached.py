"""Lists and cards that may come out of the cache, for who only looks; whoever changes something reads the book."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from db.repositories.pages import Page
from ekost_cli.context import Context
from ekost_cli.output import PageReader

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.cache.cache import Answer
    from db.cache.keys import Question

Reading = Callable[[], AbstractContextManager["Connection"]]


def cached(ekost: Context, question: "Question", reading: Reading, read: "Callable[[Connection], Any]") -> Any:
    """The answer to a question that may be kept. Call only where there is a cache."""
    if ekost.cache is None:
        raise ValueError("no cache")
    return ekost.cache.answer(question, lambda: answer_of(ekost, reading, read))


def answer_of(ekost: Context, reading: Reading, read: "Callable[[Connection], Any]") -> "Answer":
    """An answer of the book with what must be known to keep it; not to be kept if rent is still to be posted."""
    from db.cache.cache import Answer
    from db.cache.fresh import fresh_of

    with reading() as conn:
        value = read(conn)
        fresh = None if ekost.outdated or ekost.behind else fresh_of(conn)
    return Answer(value, fresh)


def show_cached_page(
    ekost: Context, reading: Reading, page_of: "Callable[[Connection], PageReader]", filter_: object
) -> None:
    """Print a page of the tenant list, a kept one if there is one; `--all` is read from the book."""
    if ekost.cache is None or ekost.options.all:
        with reading() as conn:
            ekost.show_pages(page_of(conn))
        return
    from db.cache.keys import tenant_list

    after, limit = ekost.options.after, ekost.options.limit
    columns = [field.name for field in ekost.printer.fields]
    question = tenant_list((after, limit), (ekost.property_code, filter_), columns)

    def read(conn: "Connection") -> dict[str, Any]:
        page = page_of(conn)(after, limit)
        return {"items": list(page.items), "next": page.next}

    found = cached(ekost, question, reading, read)
    ekost.show_pages(lambda _after, _limit: Page(found["items"], found["next"]))


def cached_balance(ekost: Context, reading: Reading, tenant: str) -> Any:
    """A tenant's balance of today, a kept one if there is one."""
    from db.cache.keys import balance, named

    def find(conn: "Connection") -> int:
        from db.repositories.lookup import find_tenant

        return find_tenant(conn, tenant, ekost.property_code).id

    def read(conn: "Connection") -> Any:
        from db.repositories.balances import Balances

        return Balances(conn).row(tenant_id)

    if ekost.cache is None:
        with reading() as conn:
            tenant_id = find(conn)
            return read(conn)
    tenant_id = cached(ekost, named(tenant, ekost.property_code), reading, find)
    return cached(ekost, balance(tenant_id, [field.name for field in ekost.printer.fields]), reading, read)


def cached_free_rooms(ekost: Context, columns: Sequence[str]) -> list[Any] | None:
    """The free rooms if they are kept, all of them fit on one page, and nothing but a property chooses among them."""
    if ekost.cache is None or ekost.options.all or ekost.options.after is not None:
        return None
    from db.cache.rooms import MOST, Asked, free_rooms

    def read(conn: "Connection") -> Any:
        from db.repositories.rooms import Rooms

        ekost.property_id(conn)  # there is one of that code, or it is told
        return Rooms(conn).page(status="available", limit=MOST + 1).items

    code = ekost.property_code
    asked = Asked(code.strip().upper() if code else None, columns)
    rows = free_rooms(ekost.cache, asked, lambda: answer_of(ekost, ekost.reading, read))
    return rows if rows is not None and len(rows) <= ekost.options.limit else None


def learn(ekost: Context, conn: "Connection") -> None:
    """Remember which book this is, where it was not known: only then can the cache be asked without it."""
    if ekost.cache is not None and not ekost.cache.memory.book:
        from db.cache.fresh import fresh_of

        if (fresh := fresh_of(conn)) is not None:
            ekost.cache.memory.learn(fresh)
