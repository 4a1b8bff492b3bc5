"""Closing an account by command: what was typed, the statement as a preview, and the same once it is posted."""

import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from db.domain.methods import CASH
from db.errors import N_, UsageError
from ekost_cli.context import Context
from ekost_cli.dates import parse_date
from ekost_cli.options import PaidOutOption, TenantArg
from ekost_cli.terminal import is_terminal
from locales.catalogs import _
from locales.statuses import status_word
from locales.utilities import STATEMENT_LINES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.statements import Statement
    from db.services.settling import Damage


class MeterOptionError(UsageError):
    """An option that names no kind of meter and no reading."""

    code = "meter_option"
    message = N_("“{text}” is no meter with its reading.")
    hint = N_("Write it like --meter electricity=1340.2.")


class DamageOptionError(UsageError):
    """An option that names no damage and no amount."""

    code = "damage_option"
    message = N_("“{text}” is no damage with its price.")
    hint = N_('Write it like --damage "Broken window=200000".')


PaperOption = Annotated[bool, typer.Option("--print", help=_("Print it as a paper to be signed."))]


def close(
    context: typer.Context,
    tenant: TenantArg,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("First day no longer rented; today if not given."))
    ] = None,
    meter: Annotated[
        list[str] | None,
        typer.Option("--meter", metavar="KIND=READING", help=_("What a meter of the room shows; several times.")),
    ] = None,
    damage: Annotated[
        list[str] | None,
        typer.Option("--damage", metavar="TEXT=AMOUNT", help=_("What is broken, and what it costs; several times.")),
    ] = None,
    refund: Annotated[
        Literal["none", "prorate"] | None,
        typer.Option("--refund", help=_("Give back unused days, or not; as the lease was signed if not given.")),
    ] = None,
    refund_deposit: Annotated[
        bool,
        typer.Option("--refund-deposit/--keep-deposit", help=_("Use the deposit and give back the rest, or neither.")),
    ] = True,
    method: PaidOutOption = None,
    paper: PaperOption = False,
) -> None:
    """Close the account of a tenant and show the statement; on a terminal it is shown and asked for before."""
    ekost = Context.of(context)
    settle = _settling(ekost, tenant, on, meter or [], damage or [], refund, method, keep_deposit=not refund_deposit)
    if not (ekost.dry_run or ekost.options.yes) and is_terminal(sys.stdin) and is_terminal(sys.stderr):
        _ask_before(ekost, settle, paper=paper)
        return
    with ekost.transaction() as conn:
        show_statement(ekost, settle(conn), paper=paper)


def statement(context: typer.Context, tenant: TenantArg, paper: PaperOption = False) -> None:
    """Show the last closing statement of a tenant again."""
    from db.repositories.lookup import find_tenant
    from db.repositories.statements import last_statement

    ekost = Context.of(context)
    with ekost.reading() as conn:
        who = find_tenant(conn, tenant, ekost.property_code, archived=True)
        show_statement(ekost, last_statement(conn, who.id, who.code), paper=paper)


def _settling(
    ekost: Context,
    tenant: str,
    on: str | None,
    meters: Sequence[str],
    damages: Sequence[str],
    refund: Literal["none", "prorate"] | None,
    method: str | None,
    *,
    keep_deposit: bool,
) -> "Callable[[Connection], Statement]":
    """What was typed, as something to be done in a transaction."""
    from db.repositories.lookup import find_tenant
    from db.services.settling import close_tenant

    def settle(conn: "Connection") -> "Statement":
        found = find_tenant(conn, tenant, ekost.property_code)
        return close_tenant(
            conn, found, None if on is None else parse_date(on, found.today), meters=_figures(meters),
            damages=[_damage(ekost, text, found.currency) for text in damages], refund=refund,
            keep_deposit=keep_deposit, method=method or CASH, key=ekost.key,
        )  # fmt: skip

    return settle


def _ask_before(ekost: Context, settle: "Callable[[Connection], Statement]", *, paper: bool) -> None:
    """Show the statement, ask, and post it; not within one transaction: others could not work while somebody thinks."""
    with ekost.database.transaction(dry_run=True) as conn:
        shown = settle(conn)
    show_statement(ekost, shown, paper=paper)
    ekost.confirm(_("Close the account of {name} like this?").format(name=shown.tenant_name))
    with ekost.database.transaction(ring=True) as conn:
        posted = settle(conn)
    if posted._replace(number=0) != shown._replace(number=0):
        ekost.note(_("Something was changed meanwhile: this is what was posted."))
        show_statement(ekost, posted, paper=paper)


def _figures(texts: Sequence[str]) -> dict[str, Decimal]:
    """`electricity=1340.2` as a kind and a figure. Raises MeterOptionError, ReadingTextError."""
    from db.domain.utilities import parse_reading

    found: dict[str, Decimal] = {}
    for text in texts:
        kind, sign, figure = text.partition("=")
        if not sign or kind.strip() in found:
            raise MeterOptionError(text=text[:60])
        found[kind.strip().lower()] = parse_reading(figure)
    return found


def _damage(ekost: Context, text: str, currency: str) -> "Damage":
    """`Broken window=200000` as words and an amount. Raises DamageOptionError, AmountError."""
    from db.services.settling import Damage

    what, sign, amount = text.rpartition("=")
    if not sign or not what.strip():
        raise DamageOptionError(text=text[:60])
    return Damage(what, ekost.amount(amount, currency))


def show_statement(ekost: Context, statement: "Statement", *, paper: bool) -> None:
    """A statement as a paper, as a table, or as an object."""
    if statement.unread:
        kinds = ", ".join(status_word(kind) for kind in statement.unread)
        ekost.note(_("Not read on that day: {kinds}. Add --meter if something was used.").format(kinds=kinds))
    if paper:
        from locales.papers import statement_paper

        for line in statement_paper(statement):
            ekost.say(line)
    elif ekost.for_people and not ekost.options.fields:
        from locales.papers import statement_rows

        ekost.say(_("Closing statement of {name}").format(name=statement.tenant_name))
        ekost.show_list(statement_rows(statement), STATEMENT_LINES)
    else:
        ekost.show(statement)
