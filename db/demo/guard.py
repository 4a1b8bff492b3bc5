"""Made-up tenants never get into a real book: entries can't be taken out again."""

from sqlalchemy import Connection, select

from db.errors import N_, RuleError
from db.services.requests import Claim, claim_key
from db.tables import properties, request_keys

KEY = "demo-kos"


class BookInUseError(RuleError):
    """The database holds something that is not the demo."""

    code = "book_in_use"
    message = N_("This book is in use: made-up tenants would stay among the real ones.")
    hint = N_("Try the demo in a book of its own: EKOST_HOME=~/ekost-demo ekost demo.")


def claim_demo(conn: Connection) -> Claim:
    """Claim the book for the demo; with an answer it is there already. A second process waits for the first.

    Raises BookInUseError.
    """
    claim = claim_key(conn, KEY, "load_small_demo")
    if claim.answer is None and conn.execute(select(properties.c.id).limit(1)).first() is not None:
        raise BookInUseError
    return claim


def has_demo(conn: Connection) -> bool:
    """Is the demo in this book?"""
    return conn.execute(select(request_keys.c.key).where(request_keys.c.key == KEY)).first() is not None
