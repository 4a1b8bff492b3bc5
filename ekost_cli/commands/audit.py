"""`ekost audit`: what was changed, when and by whom; and whether anybody has tampered with that."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import N_, ExitCode, UsageError
from ekost_cli.audited import note_detached, note_missing
from ekost_cli.context import Context
from ekost_cli.fields import HOME_CURRENCY, HOME_TIMEZONE, Field
from ekost_cli.grammar import Noun, Takes
from locales.catalogs import _
from locales.telling import told

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.domain.chain import Finding, Head
    from db.repositories.audit import AuditRow

app = Noun(_("The audit: everything that was changed, sealed row by row."))

FIELDS = (
    Field("position", N_("Row"), "int"),
    Field("occurred_at", N_("When"), "instant"),
    Field("operation", N_("Event")),
    Field("entity_type", N_("Of what")),
    Field("entity_id", N_("Its number"), "int"),
    Field("property", N_("Property"), wide=True),
    Field("tenant", N_("Tenant")),
    Field("before", N_("Before"), "nested", wide=True),
    Field("after", N_("After"), "nested", wide=True),
    Field("details", N_("Details"), "nested", wide=True),
    Field("actor", N_("By whom"), wide=True),
    Field("recorded_at", N_("Recorded"), "instant", wide=True),
    Field("event_id", N_("Event number"), "int", wide=True),
    Field("hash", N_("Hash"), wide=True),
)
LINES = (
    Field("position", N_("Row"), "int"),
    Field("recorded_at", N_("When"), "instant"),
    Field("thing", N_("Of what"), wide=True),
    Field("tenant", N_("Tenant")),
    Field("what", N_("What")),
    Field("about", N_("Details")),
    Field("actor", N_("By whom"), wide=True),
)
FINDINGS = (
    Field("position", N_("Row"), "int"),
    Field("until", N_("Up to"), "int"),
    Field("problem", N_("What is wrong")),
    Field("event_id", N_("Event number"), "int"),
)
HEAD = (Field("position", N_("Row"), "int"), Field("hash", N_("Hash")))

# What is wrong with a row, in words.
PROBLEMS = {
    "altered": N_("altered since it was written"),
    "replaced": N_("replaced by another one: the row behind it followed a different one"),
    "removed": N_("removed"),
    "inserted": N_("inserted: it was never written by the audit"),
    "rewritten": N_("not what was noted: rows up to here were written anew"),
}


class ThingError(UsageError):
    """`--entity` is not of the form kind:name."""

    code = "audit_entity"
    message = N_("“{text}” names no thing of the book.")
    hint = N_("Write it as tenant:BUDI, room:KOSA/A1, property:KOSA or kind:number, such as payment:12.")


class NotedError(UsageError):
    """`--noted` is not of the form that `audit head` prints."""

    code = "audit_noted"
    message = N_("“{text}” is no head of the audit.")
    hint = N_("Give row and hash as `ekost audit head` printed them: ROW:HASH.")


SinceOption = Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day."))]


@app.command(
    "list",
    _("List what was changed, the latest first, with the values before and after."),
    examples=(
        "ekost audit list",
        "ekost audit list --entity tenant:BUDI -o json",
        "ekost audit list --entity room:KOSA/A1 --from 2026-01-01 --to today",
    ),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    entity: Annotated[
        str | None, typer.Option("--entity", metavar="KIND:NAME", help=_("Only of this thing, such as tenant:BUDI."))
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help=_("Only by this user."))] = None,
    since: SinceOption = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help=_("Last day."))] = None,
) -> None:
    from db.repositories.audit import Audit

    ekost = Context.of(context)
    first, last = _start(ekost, since), _end(ekost, to)
    with ekost.reading() as conn:
        asked: dict[str, Any] = {"property_id": ekost.property_id(conn), "actor": actor, "since": first, "until": last}
        if entity is not None:
            asked |= _thing(ekost, conn, entity)

        def read(after: str | None, limit: int) -> Any:
            return Audit(conn).page(**asked, after=after, limit=limit)

        note_missing(ekost, conn, last)
        if first or last or ekost.options.all:  # the latest page reaches no old year
            note_detached(ekost, conn, "audit_log", first and first.date(), last and last.date())
        if not ekost.for_people or ekost.options.fields:
            ekost.show_pages(read)
        else:
            ekost.show_pages(lambda after, limit: read(after, limit).mapped(_line), LINES)


@app.command(
    "verify",
    _("Look whether every row is as it was written: silent if so, else the rows that are not, and status 1."),
    examples=("ekost audit verify", "ekost audit verify --from 2026-01-01 -v"),
    fields=FINDINGS,
)
def verify(
    context: typer.Context,
    since: SinceOption = None,
    noted: Annotated[
        str | None,
        typer.Option("--noted", metavar="ROW:HASH", help=_("A head noted earlier, which must still be in the log.")),
    ] = None,
) -> None:
    from db.repositories.audit import Audit

    ekost = Context.of(context)
    known = None if noted is None else _noted(noted)
    first_day = _start(ekost, since)
    # Every row is read: no limit of time, and what is wrong is printed as it is found.
    with ekost.database.reading(statement_timeout_ms=0) as conn:
        head = Audit(conn).head()
        found = Audit(conn).verify(first_day, known)
        first = next(found, None)
        ekost.verbose(_("The log ends with row {position}, hash {hash}.").format(
            position=head.position, hash=head.hash.hex()))  # fmt: skip
        if first is not None:
            _show(ekost, chain([first], found))
            raise typer.Exit(ExitCode.FAILED)
    if ekost.options.output == "json":
        ekost.show_list(())


@app.command(
    "head",
    _("Show the last row's number and hash, to be noted where nobody can change it; `audit verify --noted` compares."),
    examples=("ekost audit head", "ekost audit head -o json"),
    fields=HEAD,
)
def head(context: typer.Context) -> None:
    from db.repositories.audit import Audit

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = Audit(conn).head()
        ekost.show({"position": found.position, "hash": found.hash.hex()})


def _line(row: "AuditRow") -> dict[str, Any]:
    """A row for a person."""
    payload = {**row.details, "before": row.before, "after": row.after}
    line = told(row.operation, payload, row.occurred_at, row.actor, row.currency or HOME_CURRENCY)
    return line | {"position": row.position, "thing": f"{row.entity_type} {row.entity_id}", "tenant": row.tenant}


def _show(ekost: Context, found: "Iterable[Finding]") -> None:
    """The findings; for a person in a sentence each, which no table has to cut."""
    if not ekost.for_people or ekost.options.fields:
        ekost.show_list(found)
        return
    for one in found:
        rows = f"{one.position}" if one.position == one.until else f"{one.position}-{one.until}"
        event = "" if one.event_id is None else _(" (event {number})").format(number=one.event_id)
        ekost.say(f"{rows}{event}: {_(PROBLEMS[one.problem])}")


def _thing(ekost: Context, conn: "Connection", text: str) -> dict[str, Any]:
    """What `kind:name` asks for: all that concerns a tenant, or the changes of another thing. Raises ThingError."""
    from db.repositories.lookup import find_property, find_room, find_tenant

    kind, _colon, name = text.partition(":")
    if not re.fullmatch("[a-z]+", kind) or not name.strip():
        raise ThingError(text=text)
    if name.isascii() and name.isdigit() and len(name) < 19:
        return {"tenant_id": int(name)} if kind == "tenant" else {"entity": (kind, int(name))}
    if kind == "tenant":
        return {"tenant_id": find_tenant(conn, name, ekost.property_code, archived=True).id}
    if kind == "room":
        return {"entity": (kind, find_room(conn, name, ekost.property_code, archived=True).id)}
    if kind == "property":
        return {"entity": (kind, find_property(conn, name).id)}
    raise ThingError(text=text)


def _noted(text: str) -> "Head":
    from db.domain.chain import Head

    if not re.fullmatch("[0-9]{1,18}:[0-9a-f]{64}", text.strip()):
        raise NotedError(text=text)
    position, _colon, hash_ = text.strip().partition(":")
    return Head(int(position), bytes.fromhex(hash_))


def _start(ekost: Context, text: str | None) -> datetime | None:
    """The first moment of a day, on the clock by which instants are shown."""
    from db.domain.dates import end_of_day

    day: date | None = ekost.day(text)
    return None if day is None else end_of_day(day - timedelta(days=1), HOME_TIMEZONE)


def _end(ekost: Context, text: str | None) -> datetime | None:
    from db.domain.dates import end_of_day

    day: date | None = ekost.day(text)
    return None if day is None else end_of_day(day, HOME_TIMEZONE)
