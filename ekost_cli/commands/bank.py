"""`ekost bank`: whose money each line of a bank statement is."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from db.errors import N_, UsageError
from ekost_cli.banking import export_rules, import_rules, told
from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.numbers import entry_number
from ekost_cli.options import ReasonOption, ReverseOption
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

app = Noun(_("Bank lines: whose money each is, matched once."))

LINES, SUGGESTIONS = records.BANK_LINES, records.BANK_SUGGESTIONS
LineArg = Annotated[
    str, typer.Argument(metavar="LINE", help=_("Number of a bank line, as `ekost bank lines` shows it."))
]


class WhatError(UsageError):
    """Nothing is named that the line is, or more than one thing."""

    code = "bank_what"
    message = N_("What is the line?")
    hint = N_("Name one: a tenant, --payment ID or --category CATEGORY.")


@app.command(
    "lines",
    _("List the lines of bank statements, the latest first."),
    examples=("ekost bank lines", "ekost bank lines --state open -o json"),
    takes=Takes.LIST,
    fields=LINES,
)
def lines(
    context: typer.Context,
    state: Annotated[
        Literal["open", "matched", "ignored"] | None, typer.Option("--state", help=_("Only lines in this state."))
    ] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="NAME", help=_("Only of this account."))] = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="TEXT", help=_("Only lines with this in their description."))
    ] = None,
    reverse: ReverseOption = False,
) -> None:
    from db.repositories.bank import Bank

    ekost = Context.of(context)
    with ekost.reading() as conn:
        prop, found = ekost.property_id(conn), Bank(conn)
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: found.page(
                    property_id=prop, state=state, account=account, match=match, after=after, limit=limit, way=way
                ),
                reverse=reverse,
            )
        )


@app.command(
    "suggest",
    _("Tell what a line, or each open one, may be and why; a payment recorded by hand comes first."),
    examples=("ekost bank suggest", "ekost bank suggest -o json"),
    takes=Takes.PROPERTY,
    fields=SUGGESTIONS,
)
def suggest(
    context: typer.Context,
    line: Annotated[str | None, typer.Argument(metavar="[LINE]", help=_("Number of a bank line."))] = None,
) -> None:
    from db.repositories.bank import Bank

    ekost = Context.of(context)
    with ekost.reading() as conn:
        bank = Bank(conn)
        asked = bank.open_lines(ekost.property_id(conn)) if line is None else [bank.row(entry_number(line))]
        ekost.show_list(told(ekost, (one for found in bank.suggestions(asked) for one in found)))


@app.command(
    "match",
    _("Record the money of a line as a tenant's payment, or say which payment or expense it is."),
    examples=(
        "ekost bank match 1 BUDI --remember --dry-run",
        "ekost bank match 2 --category electricity --dry-run",
    ),
    takes=Takes.WRITE,
    fields=LINES,
)
def match(
    context: typer.Context,
    line: LineArg,
    tenant: Annotated[
        str | None,
        typer.Argument(metavar="[TENANT]", help=_("Code or id of a tenant; the name if only one has it.")),
    ] = None,
    payment: Annotated[
        str | None, typer.Option("--payment", metavar="ID", help=_("It is this payment, recorded by hand."))
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="CATEGORY", help=_("It is an expense of this category."))
    ] = None,
    remember: Annotated[
        bool, typer.Option("--remember", help=_("Make a rule of the words that will come again."))
    ] = False,
    another: Annotated[
        bool, typer.Option("--another", help=_("Record it although one of this amount was recorded by hand."))
    ] = False,
) -> None:
    from db.repositories.bank import Bank
    from db.repositories.lookup import find_tenant
    from db.services.bank.matching import link_payment, match_expense, match_tenant
    from db.services.bank.rules import learn_rule

    ekost, line_id = Context.of(context), entry_number(line)
    if [tenant, payment, category].count(None) != 2:
        raise WhatError
    pattern = None
    with ekost.transaction() as conn:
        if payment is not None:
            link_payment(conn, line_id, entry_number(payment))
        elif category is not None:
            match_expense(conn, line_id, category)
        else:
            whose = find_tenant(conn, tenant or "", ekost.property_code)
            match_tenant(conn, line_id, whose, another=another)
            pattern = learn_rule(conn, Bank(conn).row(line_id), whose) if remember else None
        ekost.show(Bank(conn).row(line_id))
    if remember:
        ekost.note(_("Remembered: {pattern}.").format(pattern=pattern) if pattern else _("No words to remember."))


@app.command(
    "ignore",
    _("Say why a line is nothing of the book."),
    examples=('ekost bank ignore 1 --reason "my own money" --dry-run',),
    takes=Takes.DRY_RUN,
    fields=LINES,
)
def ignore(context: typer.Context, line: LineArg, reason: ReasonOption) -> None:
    from db.repositories.bank import Bank
    from db.services.bank.matching import ignore_line

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        line_id = entry_number(line)
        ignore_line(conn, line_id, reason)
        ekost.show(Bank(conn).row(line_id))


@app.command(
    "unmatch",
    _("Open a line again; the payment or expense that was made of it is taken back."),
    examples=('ekost bank unmatch 3 --reason "not mine" --dry-run',),
    takes=Takes.DRY_RUN,
    fields=LINES,
)
def unmatch(context: typer.Context, line: LineArg, reason: ReasonOption) -> None:
    from db.repositories.bank import Bank
    from db.services.bank.matching import unmatch_line

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        line_id = entry_number(line)
        unmatch_line(conn, line_id, reason)
        ekost.show(Bank(conn).row(line_id))


@app.command(
    "accept",
    _("Match every open line that has exactly one sure candidate."),
    examples=("ekost bank accept --dry-run", "ekost bank accept --min-score 100 --dry-run"),
    takes=Takes.WRITE,
    fields=SUGGESTIONS,
)
def accept(
    context: typer.Context,
    least: Annotated[
        int, typer.Option("--min-score", metavar="N", min=1, help=_("Points from which a candidate is sure."))
    ] = 80,
) -> None:
    from db.services.bank.matching import accept_sure

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        ekost.show_list(told(ekost, accept_sure(conn, ekost.property_id(conn), least)))


@app.command(
    "rules",
    _("List the rules, write them to a file, or make those of a file the rules."),
    examples=("ekost bank rules", "ekost bank rules --export - --property KOSA"),
    takes=Takes.WRITE,
    fields=records.BANK_RULES,
)
def rules(
    context: typer.Context,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help=_("Write them there as plain text; - prints them."))
    ] = None,
    import_: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help=_("Make the rules of this file the rules, and no others.")),
    ] = None,
) -> None:
    from db.repositories.bank import Bank
    from db.repositories.lookup import find_property

    ekost = Context.of(context)
    if import_ is not None:
        with ekost.transaction() as conn:
            prop = find_property(conn, ekost.property_code)
            import_rules(conn, prop, import_)
            ekost.show_list(Bank(conn).rules(prop.id))
        return
    with ekost.reading() as conn:
        found = Bank(conn).rules(ekost.property_id(conn))
        if export is None:
            ekost.show_list(found)
    if export is not None:
        export_rules(found, export)
