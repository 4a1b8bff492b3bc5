"""Ask beforehand what people ask first, so that the first of them need not wait."""

from functools import partial
from typing import TYPE_CHECKING, Any

from ekost_cli.cached import answer_of, cached_free_rooms
from ekost_cli.context import Context
from ekost_cli.turning import read_turned
from ekost_cli.uptodate import up_to_date
from locales import records

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.cache.cache import Cache
    from db.cache.keys import Question

# So many of the largest debts.
DEBTORS = 50
_SORTS = ("created", "name")


def warm_cache(ekost: Context, cache: "Cache") -> int:
    """Read what is asked first and keep it; how many answers. Raises CacheUnreachableError."""
    from db.cache.client import CacheDownError
    from db.cache.stats import CacheUnreachableError, patient

    with up_to_date(ekost):
        pass  # what is due is posted first
    cache.client = patient(cache)
    try:
        cache.client.ask("PING")
        cache.memory.settled(0, 0)  # it is there again
        cache.ready()
        return _pages(ekost, cache) + _balances(ekost, cache) + _rooms(ekost, cache)
    except CacheDownError as error:
        raise CacheUnreachableError(place=cache.client.place.shown) from error


def _pages(ekost: Context, cache: "Cache") -> int:
    from db.cache.keys import tenant_list
    from db.repositories.tenants import Tenants

    columns = [field.name for field in records.TENANTS]
    limit = ekost.options.limit

    def read(sort: str, conn: "Connection") -> dict[str, Any]:
        prop, found = ekost.property_id(conn), Tenants(conn)
        turned = read_turned(
            lambda after, limit, way: found.page(property_id=prop, sort=sort, after=after, limit=limit, way=way),
            reverse=False,
        )
        page = turned(None, limit)
        return {"items": list(page.items), "next": page.next}

    for sort in _SORTS:
        filter_ = (ekost.property_code, (sort, False, None, False))
        _fill(ekost, cache, tenant_list((None, limit), filter_, columns), partial(read, sort))
    return len(_SORTS)


def _balances(ekost: Context, cache: "Cache") -> int:
    """The largest debts, by the codes of their tenants, where these name one alone."""
    from db.cache.keys import balance, named
    from db.repositories.balances import Balances
    from db.repositories.lookup import AmbiguousError, find_tenant

    columns = [field.name for field in records.BALANCES]
    known: dict[str, int] = {}
    with ekost.reading() as conn:
        for row in Balances(conn).page(property_id=ekost.property_id(conn), limit=DEBTORS).items:
            try:
                known[row.tenant] = find_tenant(conn, row.tenant, ekost.property_code).id
            except AmbiguousError:
                continue
    for code, number in known.items():
        find = partial(_tenant, ekost.property_code, code)
        _fill(ekost, cache, named(code, ekost.property_code), find)
        _fill(ekost, cache, balance(number, columns), lambda conn, number=number: Balances(conn).row(number))
    return len(known)


def _tenant(property_code: str | None, code: str, conn: "Connection") -> int:
    from db.repositories.lookup import find_tenant

    return find_tenant(conn, code, property_code).id


def _rooms(ekost: Context, cache: "Cache") -> int:
    from db.cache.keys import HOUSES

    cache.drop((HOUSES,))
    return len(cached_free_rooms(ekost, [field.name for field in records.ROOMS]) or ())


def _fill(ekost: Context, cache: "Cache", question: "Question", read: Any) -> None:
    """In a transaction of its own: the generations must be noted before its snapshot is taken."""
    cache.fill(question, lambda: answer_of(ekost, ekost.reading, read))
