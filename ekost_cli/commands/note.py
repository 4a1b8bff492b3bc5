"""`ekost note`: what is worth remembering about a tenant or a room."""

import sys
from typing import Annotated

import typer

from ekost_cli.coercion import NotUTF8Error
from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import NumberArg, ReasonOption
from locales import records
from locales.catalogs import _

app = Noun(_("Notes about tenants and rooms."))

FIELDS = records.NOTES
# Bytes that are read of standard input: more than any note may have.
MOST = 10_000

_ABOUT = _("A tenant's code, or a room such as A1 or KOSA/A1.")
AboutArg = Annotated[str, typer.Argument(metavar="ABOUT", help=_ABOUT)]
MaybeAboutArg = Annotated[str | None, typer.Argument(metavar="ABOUT", help=_ABOUT)]
TextArg = Annotated[
    str, typer.Argument(metavar="TEXT", help=_("What to remember; - reads it from standard input, lines become one."))
]


@app.command(
    "add",
    _("Write a note about a tenant or a room; it can be taken back, but not changed."),
    examples=(
        'ekost note add BUDI "asks for a second key" --dry-run',
        'ekost note add KOSA/A1 "the tap drips" --dry-run',
        'ekost note add KOSA/A2 "paint in spring" --key paint-a2 --dry-run',
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(context: typer.Context, about: AboutArg, text: TextArg) -> None:
    from db.repositories.notes import Notes, find_subject
    from db.services.notes import add_note

    ekost = Context.of(context)
    words = _from_stdin() if text == "-" else text
    with ekost.transaction() as conn:
        note_id = add_note(conn, find_subject(conn, about, ekost.property_code), words, key=ekost.key)
        ekost.show(Notes(conn).row(note_id))


@app.command(
    "list",
    _("List notes, the latest first; with ABOUT those of one tenant or room."),
    examples=("ekost note list", "ekost note list BUDI", "ekost note list KOSA/A1 -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(context: typer.Context, about: MaybeAboutArg = None) -> None:
    from db.repositories.notes import Notes, find_subject

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop = ekost.property_id(conn)
        whom = None if about is None else find_subject(conn, about, ekost.property_code)
        found = Notes(conn)
        ekost.show_pages(
            lambda after, limit: found.page(
                property_id=prop if whom is None else None, about=whom, after=after, limit=limit
            )
        )


@app.command(
    "void",
    _("Take a note back; what it said and why it was wrong are kept."),
    examples=('ekost note void 1 --reason "it was his brother" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.repositories.notes import Notes
    from db.services.notes import void_note

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        ekost.show(Notes(conn).row(void_note(conn, entry_number(number), reason, key=ekost.key)))


def _from_stdin() -> str:
    """The lines of standard input as one. Raises NotUTF8Error."""
    try:
        return " ".join(sys.stdin.buffer.read(MOST).decode().split())
    except UnicodeDecodeError:
        raise NotUTF8Error(parameter="TEXT") from None
