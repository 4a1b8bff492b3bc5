"""Reports of what is owed: arrears and aging."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Takes
from ekost_cli.reporting.noun import app
from ekost_cli.reporting.showing import ChartOption, XlsxOption, show_report
from ekost_cli.uptodate import up_to_date
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from datetime import date

_BUCKETS = tuple(field for field in records.AGING if field.kind == "money" and field.name not in ("credit", "total"))
ARREARS = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("phone", N_("Phone"), "phone"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("overdue", N_("Overdue"), "money"),
    Field("oldest_due_on", N_("Oldest due"), "date", wide=True),
    Field("days_overdue", N_("Days late"), "int"),
    *(field._replace(wide=True) for field in _BUCKETS),
)
AGING = (
    Field("property", N_("Property")),
    Field("tenants", N_("Tenants"), "int"),
    *(field._replace(wide=False) for field in _BUCKETS),
    Field("credit", N_("Credit"), "money"),
    Field("total", N_("Balance"), "money"),
    Field("currency", N_("Currency"), wide=True),
)
CHANGED = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("before", N_("Before"), "money"),
    Field("after", N_("After"), "money"),
    Field("difference", N_("Difference"), "money"),
    Field("change", N_("Change"), "status"),
)
DiffOption = Annotated[
    tuple[str, str] | None,
    typer.Option("--diff", metavar="DATE1 DATE2", help=_("How debts changed between the ends of two days.")),
]


@app.command(
    "arrears",
    _("List who owes what, the largest overdue debt first, those who have left too; --diff compares two days."),
    examples=(
        "ekost report arrears",
        "ekost report arrears --as-of 2026-06-30 --property KOSA -o csv",
        "ekost report arrears --diff 2026-06-30 2026-07-31",
    ),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=ARREARS,
)
def arrears(
    context: typer.Context, diff: DiffOption = None, chart: ChartOption = False, xlsx: XlsxOption = None
) -> None:
    from db.repositories.reports.debts import Debts

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        prop, found = ekost.property_id(conn), Debts(conn)
        if diff is None:
            bars = ("tenant_name", "outstanding_balance") if chart else ()
            rows = found.arrears(ekost.as_of(), property_id=prop)
            show_report(ekost, rows, ARREARS, title=_("Arrears"), chart=bars, xlsx=xlsx)
        else:
            first, last = (_day(ekost, text) for text in diff)
            bars = ("tenant_name", "difference") if chart else ()
            rows_changed = found.changed(first, last, property_id=prop)
            show_report(ekost, rows_changed, CHANGED, title=_("Arrears"), chart=bars, xlsx=xlsx)


@app.command(
    "aging",
    _("Show how old the debts of each property are; the sums are those of the balances."),
    examples=("ekost report aging", "ekost report aging --as-of 2026-06-30 -o json"),
    takes=Takes.PROPERTY | Takes.AS_OF,
    fields=AGING,
)
def aging(context: typer.Context, chart: ChartOption = False, xlsx: XlsxOption = None) -> None:
    from db.repositories.reports.debts import Debts

    ekost = Context.of(context)
    with up_to_date(ekost) as conn:
        rows = Debts(conn).aged(ekost.as_of(), property_id=ekost.property_id(conn))
        bars = ("property", "total") if chart else ()
        show_report(ekost, rows, AGING, title=_("Aging"), chart=bars, xlsx=xlsx)


def _day(ekost: Context, text: str) -> "date":
    day = ekost.day(text)
    assert day is not None  # noqa: S101 - a text was given
    return day
