"""How the background stands, list by list: queues, workers, the calendar, the health of the installation, the checks.

All of them are short: they are read whole, and cut into pages like any other list.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_, _
from locales.codes import code_word
from locales.fields import Field
from tui.details.view import sliced
from tui.listings.listing import Listing, Sort
from tui.listings.signs import FOUND
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import Column, picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

_QUEUES = (
    Field("queue", N_("Queue"), "code"),
    Field("ready", N_("Waiting"), "int"),
    Field("leased", N_("Being done"), "int"),
    Field("dead", N_("Dead"), "int"),
    Field("oldest", N_("Oldest"), "instant"),
    Field("attempts", N_("Attempts"), "int"),
    Field("lease", N_("Lease, s"), "int"),
    Field("sla", N_("Promised, s"), "number"),
)
_WORKERS = (
    Field("host", N_("Host")),
    Field("pid", N_("Process"), "int"),
    Field("queues", N_("Queues")),
    Field("by_hand", N_("Without Redis"), "bool"),
    Field("seen_at", N_("Last seen"), "instant"),
    Field("started_at", N_("Since"), "instant"),
)
_SCHEDULES = (
    Field("name", N_("What"), "code"),
    Field("zone", N_("Time zone")),
    Field("done_for", N_("Done for")),
    Field("done_at", N_("Done"), "instant"),
    Field("failures", N_("Failures"), "int"),
    Field("next_at", N_("Next"), "instant"),
    Field("error", N_("Error")),
)


def _queues(conn: "Connection", _scope: Scope, cut: Cut) -> Page[Any]:
    from db.repositories.operations import Operations

    return sliced([row._asdict() | {"sla": row.sla and int(row.sla)} for row in Operations(conn).queues()], cut)


def _workers(conn: "Connection", _scope: Scope, cut: Cut) -> Page[Any]:
    from db.repositories.workers import Workers

    return sliced(
        [row._asdict() | {"queues": ", ".join(map(code_word, row.queues))} for row in Workers(conn).rows()], cut
    )


def _schedules(conn: "Connection", _scope: Scope, cut: Cut) -> Page[Any]:
    from db.repositories.operations import Operations

    return sliced(Operations(conn).schedules(), cut)


def _elsewhere(_conn: "Connection", _scope: Scope, cut: Cut) -> Page[Any]:
    """Nothing in the book: the screen has the rows, when they were examined."""
    return sliced([], cut)


def _whole(columns: tuple[Column, ...], read: Any, key: Any, command: str, nothing: str) -> Listing:
    first = columns[0].field.name
    return Listing(columns, (Sort(first, ""),), read, key, command, first, nothing, of_house=False)


QUEUES = _whole(
    picked(_QUEUES, queue=0, ready=0, leased=1, dead=0, oldest=1, attempts=2, lease=4, sla=3),
    _queues, lambda row: row["queue"], "ekost jobs list", N_("There is no queue."),
)  # fmt: skip
WORKERS = _whole(
    picked(_WORKERS, host=0, pid=0, queues=(0, 40), by_hand=1, seen_at=2, started_at=3),
    _workers, lambda row: row["id"], "ekost status",
    N_("None is there."),
)  # fmt: skip
SCHEDULES = _whole(
    picked(_SCHEDULES, name=0, done_for=0, failures=0, done_at=1, zone=1, next_at=3, error=(2, 60)),
    _schedules, lambda row: (row.name, row.zone), "ekost worker --once", N_("The calendar has done nothing yet."),
)  # fmt: skip
HEALTH = _whole(
    picked(records.FINDINGS, status=0, check=1, message=(0, 90), hint=(2, 90), signs={"status": FOUND}),
    _elsewhere, lambda row: (row["check"], row["message"]), "ekost doctor", N_("Nothing was examined."),
)  # fmt: skip
CHECKS = _whole(
    picked(records.VIOLATIONS, check=(0, 32), entity=1, id=0, detail=(0, 90)),
    _elsewhere, tuple, "ekost check", N_("{key} examines the whole book; in a large one that takes minutes."),
)  # fmt: skip
CACHE = _whole(
    picked(records.CACHE, kind=0, hits=0, misses=0, rate=0, refused=1, errors=1, kept=0),
    _elsewhere, lambda row: row.kind, "ekost cache stats", N_("There is no cache."),
)  # fmt: skip


def whole_text(row: Any) -> str:
    """What of a row is too long for its cell: a sentence below the list has room for it."""
    known = row if isinstance(row, dict) else row._asdict()
    texts: Sequence[Any] = [known.get(name) for name in ("message", "hint", "error", "discard_reason", "detail")]
    rule = [_(known["rule"])] if known.get("rule") else []
    return "  ".join(str(text) for text in (*rule, *texts) if text)
