"""Balances that are shown are of today: rent that became due since the last run is posted first, if it is little."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ekost_cli.context import Context
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection


@contextmanager
def up_to_date(ekost: Context, tenant: str | None = None) -> Iterator["Connection"]:
    """A read-only transaction behind the accrual: of everything if it is little, else of `tenant` alone."""
    from db.services.billing import LITTLE, count_due

    with ekost.reading() as conn:
        due = count_due(conn, most=LITTLE + 1)
        if not due or ekost.outdated:  # in that case there is nowhere to post it
            yield conn
            return
    from db.engine import NotAllowedError

    try:
        _accrue(ekost, due, tenant)
    except NotAllowedError:
        ekost.behind = True
        ekost.note(_("Rent that is due is not in these figures yet: your login may not post it."))
    with ekost.reading() as conn:
        yield conn


def _accrue(ekost: Context, due: int, tenant: str | None) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.billing import LITTLE, accrue

    ekost.behind = due > LITTLE and tenant is None
    with ekost.database.transaction() as conn:
        if due <= LITTLE:
            accrue(conn, limit=LITTLE)
        elif tenant is not None:
            accrue(conn, tenant_id=find_tenant(conn, tenant, ekost.property_code).id)
        else:
            count = f"{LITTLE}"
            ekost.note(_("More than {count} leases have rent to post: run `ekost billing run`.").format(count=count))
