"""What is kept under which name, for how long, and what makes it wrong."""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from db.cache.values import FORM

TENANT_LIST, BALANCE, ROOMS, TRANSLATIONS, NAMES = "tenant-list", "balance", "available-rooms", "translations", "names"
KINDS = (TENANT_LIST, BALANCE, ROOMS, TRANSLATIONS, NAMES)
ROOM_STATUS = "room-status"
MINUTE, HOUR = 60, 3600
# Seconds that a value lives, at most: what depends on the day is over at the next midnight of a property.
LIFETIMES = {TENANT_LIST: 5 * MINUTE, BALANCE: HOUR, ROOMS: 10 * MINUTE, TRANSLATIONS: 24 * HOUR, NAMES: 5 * MINUTE}
# Subjects with a generation each; whatever changes one of them makes the values of its generation unreadable.
PEOPLE, LISTS, HOUSES, LEDGERS = "names", "tenants", "rooms", "balances"
SUBJECTS = frozenset({PEOPLE, LISTS, HOUSES, LEDGERS})


class Question(NamedTuple):
    """What can be kept: its kind, its key, the subjects whose changes make it wrong, and the columns that it has.

    What another program has kept with other columns is not read.
    """

    kind: str
    key: str
    subjects: tuple[str, ...]
    shape: str = ""


def tenant_list(page: object, filter_: object, columns: Sequence[str]) -> Question:
    """A page of the tenant list; `page` is its cursor, direction and size, `filter_` what chooses and sorts."""
    return Question(TENANT_LIST, f"tenant-list-{digest(page)}-{digest(filter_)}", (LISTS,), digest(columns))


def balance(tenant_id: int, columns: Sequence[str]) -> Question:
    """The balance of one tenant."""
    return Question(BALANCE, f"balance-{tenant_id}", (LEDGERS, ledger_of(tenant_id)), digest(columns))


def named(ref: str, property_code: str | None) -> Question:
    """Who is meant by what a person typed."""
    return Question(NAMES, f"named-{digest((ref, property_code))}", (PEOPLE,))


def ledger_of(tenant_id: int) -> str:
    """The subject of one tenant's charges and payments."""
    return f"{LEDGERS}-{tenant_id}"


def prefix(book: str) -> str:
    """What all keys of a book begin with."""
    return f"ekost:cache:{book}:"


def digest(value: object) -> str:
    """A short name of what chooses a page; of this form of values, so that another form has other names."""
    text = json.dumps([FORM, value], default=str)
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
