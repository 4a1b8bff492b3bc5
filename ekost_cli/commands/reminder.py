"""`ekost reminder`: whom to remind today, and of what; the text for WhatsApp or e-mail. It sends nothing itself."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from db.errors import N_, UsageError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.links import open_link
from ekost_cli.options import TenantArg
from locales import records
from locales.catalogs import _
from locales.sentences import filled

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.reminders import ReminderRow

app = Noun(_("Reminders: who gets which one today, its text, and what was sent."))

FIELDS = (*records.REMINDERS, Field("link", N_("Link"), wide=True))
MESSAGE = records.MESSAGES

Channel = Annotated[
    Literal["whatsapp", "email", "sms", "other"] | None,
    typer.Option("--channel", help=_("How it goes; WhatsApp where there is a phone, else e-mail.")),
]


class WhomError(UsageError):
    """Nobody is named, or everybody and somebody."""

    code = "whom_to_remind"
    message = N_("Whom?")
    hint = N_("Name tenants, or write --all; --open is for tenants who are named.")


@app.command(
    "list",
    _("List who is to be reminded today, each of one bill; made for cron."),
    examples=("ekost reminder list", "ekost reminder list --stage 7 -o json", "ekost reminder list --on 2026-12-01"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("As if it were this day, with the bills of now."))
    ] = None,
    stage: Annotated[
        int | None,
        typer.Option("--stage", metavar="N", min=-30, max=90, help=_("Only this stage: days since due, -3 is before.")),
    ] = None,
) -> None:
    from db.repositories.reminders import Reminders

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Reminders(conn, ekost.day(on))
        ekost.show_pages(
            lambda after, limit: found.page(property_id=prop, stage=stage, after=after, limit=limit).mapped(_listed)
        )


@app.command(
    "show",
    _("Show the text for a tenant as it would be sent, and the link that opens it; marks nothing."),
    examples=("ekost reminder show BUDI", "ekost reminder show BUDI -o json"),
    takes=Takes.PROPERTY,
    fields=MESSAGE,
)
def show(context: typer.Context, tenant: TenantArg, channel: Channel = None) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.reminders import Reminders

    ekost = Context.of(context)
    with ekost.reading() as conn:
        row = Reminders(conn).of_tenant(find_tenant(conn, tenant, ekost.property_code))
        message = _message(row, channel)
        if ekost.for_people and not ekost.options.fields:
            _say(ekost, message)
        else:
            ekost.show(message)


@app.command(
    "send",
    _("Print the texts for tenants and mark them as sent, each once a stage and at most once a day."),
    examples=(
        "ekost reminder send TUMPAL --dry-run",
        "ekost reminder send TUMPAL SITI --open --dry-run",
        "ekost reminder send --all --channel whatsapp --dry-run",
    ),
    takes=Takes.WRITE,
    fields=MESSAGE,
)
def send(
    context: typer.Context,
    tenants: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TENANT]...", help=_("Code or id of a tenant; the name if only one has it.")),
    ] = None,
    channel: Channel = None,
    link: Annotated[bool, typer.Option("--open", help=_("Open WhatsApp with the text, on a terminal."))] = False,
    everybody: Annotated[
        bool, typer.Option("--all", help=_("All who are listed today and can be reached: for a program that sends."))
    ] = False,
) -> None:
    ekost = Context.of(context)
    if everybody == bool(tenants) or (everybody and link):
        raise WhomError
    whom = _everybody(ekost, channel) if everybody else _named(ekost, tenants or ())
    messages: Iterator[dict[str, Any]] = _sent(ekost, whom, channel, everybody=everybody)
    first = next(messages, None)  # before a heading: what is refused leaves stdout empty
    messages = chain([] if first is None else [first], messages)
    if everybody and ekost.options.output is None:
        ekost.options.output = "ndjson"  # each is a text of several lines
    if not ekost.for_people or ekost.options.fields:
        ekost.show_list(messages)
        return
    for message in messages:
        _say(ekost, message)
        if link and message["link"] and not ekost.dry_run:
            open_link(ekost, message["link"])


@app.command(
    "history",
    _("List the reminders that a tenant was sent, the latest first."),
    examples=("ekost reminder history BUDI", "ekost reminder history BUDI -o csv"),
    takes=Takes.LIST,
    fields=records.REMINDERS_SENT,
)
def history(context: typer.Context, tenant: TenantArg) -> None:
    from db.repositories.lookup import find_tenant
    from db.repositories.reminders import Reminders

    ekost = Context.of(context)
    with ekost.reading() as conn:
        who, found = find_tenant(conn, tenant, ekost.property_code, archived=True), Reminders(conn)
        ekost.show_pages(lambda after, limit: found.sent(tenant_id=who.id, after=after, limit=limit))


def _named(ekost: Context, tenants: Iterable[str]) -> list[str]:
    """The numbers of those who are named: a name that is wrong stops all before anything is marked."""
    from db.repositories.lookup import find_tenant

    with ekost.database.reading() as conn:
        return list(dict.fromkeys(str(find_tenant(conn, name, ekost.property_code).id) for name in tenants))


def _everybody(ekost: Context, channel: str | None) -> list[str]:
    """The numbers of those who are to be reminded now and can be, by this channel."""
    from db.repositories.paging import stream
    from db.repositories.reminders import Reminders

    with ekost.database.reading() as conn:
        prop, found = ekost.property_id(conn), Reminders(conn)
        rows = list(stream(lambda after, limit: found.page(property_id=prop, after=after, limit=limit)))
    reached = [str(row.tenant_id) for row in rows if _reached(row, channel)]
    if left := len(rows) - len(reached):
        ekost.note(_("{count} can't be reached that way, and were left out.").format(count=left))
    return reached


def _reached(row: "ReminderRow", channel: str | None) -> bool:
    contact = {"whatsapp": row.phone, "sms": row.phone, "email": row.email, "other": "by hand"}
    return bool(contact[channel] if channel else row.phone or row.email)


def _sent(ekost: Context, whom: list[str], channel: str | None, *, everybody: bool) -> Iterator[dict[str, Any]]:
    """Mark one after the other, each in a transaction of its own; a dry run is one that is rolled back.

    Who is not to be reminded is left out, so that a command that was interrupted can be repeated. Raises NotDueError
    where that is all who are named.
    """
    from db.services.reminders import NotDueError

    refused: list[NotDueError] = []
    marked = 0
    with ekost.transaction() if ekost.dry_run else nullcontext() as one:
        for number in whom:
            try:
                with nullcontext(one) if one is not None else ekost.transaction() as conn:
                    message = _mark(conn, number, channel)
            except NotDueError as error:
                refused.append(error)
            else:
                marked += 1
                yield message
    if everybody or not refused:
        return
    if not marked:
        raise refused[0]
    for why in refused:
        ekost.note(filled(why.message, why.fields))


def _mark(conn: "Connection", number: str, channel: str | None) -> dict[str, Any]:
    """The message of one tenant, marked as sent."""
    from db.repositories.lookup import find_tenant
    from db.services.reminders import send_reminder

    return _message(*send_reminder(conn, find_tenant(conn, number), channel))


def _listed(row: "ReminderRow") -> dict[str, Any]:
    from locales.reminders import message_of

    return row._asdict() | {"link": message_of(row).link}


def _message(row: "ReminderRow", channel: str | None) -> dict[str, Any]:
    from locales.reminders import message_of

    return row._asdict() | {"channel": channel or row.contact} | message_of(row, channel)._asdict()


def _say(ekost: Context, message: dict[str, Any]) -> None:
    """The text as it is, the link behind it."""
    for line in message["text"].split("\n"):
        ekost.say(line)
    ekost.say("")
    ekost.say(message["link"] or _("{name} has no phone and no e-mail address.").format(name=message["name"]))
    ekost.say("")
