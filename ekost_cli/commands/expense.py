"""`ekost expense`: money spent for a property."""

from typing import Annotated

import typer

from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import AmountArg, DateOption, MethodOption, NumberArg, ReasonOption, ReverseOption, UntilOption
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

app = Noun(_("Expenses: record, list, void."))

FIELDS = records.EXPENSES

CategoryOption = Annotated[
    str,
    typer.Option(
        "--category",
        metavar="CATEGORY",
        help=_("electricity, water, internet, maintenance, cleaning, supplies, tax, transfer (no cost) or other."),
    ),
]


@app.command(
    "add",
    _("Record what was spent for a property or a room of it; cash leaves your hand."),
    examples=(
        "ekost expense add 350rb --category electricity --payee PLN --property KOSA",
        'ekost expense add 75000 --category maintenance --room KOSA/A1 --description "new tap" --dry-run',
        "ekost expense add 2jt --category transfer --method transfer --property KOSA --key owner-may --dry-run",
    ),
    takes=Takes.MONEY,
    fields=FIELDS,
)
def add(
    context: typer.Context,
    amount: AmountArg,
    category: CategoryOption,
    room: Annotated[
        str | None, typer.Option("--room", metavar="ROOM", help=_("For this room, such as A1 or KOSA/A1."))
    ] = None,
    on: DateOption = None,
    method: MethodOption = "cash",
    payee: Annotated[str | None, typer.Option("--payee", metavar="TEXT", help=_("Who was paid."))] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help=_("What for; it is kept with it."))
    ] = None,
) -> None:
    from db.repositories.expenses import Expenses
    from db.repositories.lookup import find_property, find_room, get_property
    from db.services.expenses import record_expense

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        where = None if room is None else find_room(conn, room, ekost.property_code)
        prop = find_property(conn, ekost.property_code) if where is None else get_property(conn, where.property_id)
        expense_id = record_expense(
            conn, prop, ekost.amount(amount, prop.currency), category, room=where,
            spent_on=None if on is None else parse_date(on, prop.today), method=method, payee=payee,
            description=description, key=ekost.key,
        )  # fmt: skip
        ekost.show(Expenses(conn).row(expense_id))


@app.command(
    "list",
    _("List expenses, the latest first."),
    examples=("ekost expense list", "ekost expense list --category electricity --from 2026-01-01 -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    category: Annotated[
        str | None, typer.Option("--category", metavar="CATEGORY", help=_("Only of this category."))
    ] = None,
    room: Annotated[str | None, typer.Option("--room", metavar="ROOM", help=_("Only for this room."))] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day."))] = None,
    until: UntilOption = None,
    by: Annotated[str | None, typer.Option("--by", metavar="LOGIN", help=_("Only what this login recorded."))] = None,
    reverse: ReverseOption = False,
) -> None:
    from db.domain.expenses import category_of
    from db.repositories.expenses import Expenses
    from db.repositories.lookup import find_room

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Expenses(conn)
        kind = None if category is None else category_of(category)
        where = None if room is None else find_room(conn, room, ekost.property_code, archived=True).id
        first, last = ekost.day(since), ekost.day(until)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: found.page(
                    property_id=prop, category=kind, room_id=where, since=first, until=last, by=by, after=after,
                    limit=limit, way=way,
                ),
                reverse=reverse,
            )
        )  # fmt: skip


@app.command(
    "show",
    _("Show an expense."),
    examples=("ekost expense show 1",),
    fields=FIELDS,
)
def show(context: typer.Context, number: NumberArg) -> None:
    from db.repositories.expenses import Expenses

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show(Expenses(conn).row(entry_number(number)))


@app.command(
    "void",
    _("Take an expense back by a reversing entry; staff only their own of today."),
    examples=('ekost expense void 1 --reason "paid by the tenant" --dry-run',),
    takes=Takes.DRY_RUN | Takes.KEY,
    fields=FIELDS,
)
def void(context: typer.Context, number: NumberArg, reason: ReasonOption) -> None:
    from db.repositories.expenses import Expenses
    from db.services.expenses import void_expense

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        expense_id = entry_number(number)
        void_expense(conn, expense_id, reason, key=ekost.key)
        ekost.show(Expenses(conn).row(expense_id))
