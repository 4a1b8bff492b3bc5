"""Reports as bars. Figures of different currencies never share a scale."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from locales.catalogs import _
from locales.cells import said
from locales.charts import chart_lines
from locales.fields import Field, value_of
from locales.formats import money, month_name
from locales.statuses import status_word


class Bar(NamedTuple):
    """What it is called, how long it is, how that is written, and of which currency it is, if of any."""

    label: str
    value: Decimal
    told: str
    currency: str = ""


def in_all(rows: Iterable[Any]) -> list[Any]:
    """The rows of all properties together; where there is one property alone, its own."""
    found = list(rows)
    return [row for row in found if row.property is None] or found


def of_months(rows: Iterable[Any], fields: Sequence[Field], month: str, figure: str) -> list[Bar]:
    """A bar for each month of all properties."""
    field = next(field for field in fields if field.name == figure)
    return [
        Bar(month_name(value_of(row, month)), value, said(row, field)[0], getattr(row, "currency", ""))
        for row in in_all(rows)
        if (value := value_of(row, figure)) is not None
    ]


def of_people(rows: Iterable[Any], fields: Sequence[Field], figure: str) -> list[Bar]:
    """A bar for each tenant, in the order of the rows."""
    field = next(field for field in fields if field.name == figure)
    return [Bar(row.tenant_name, value_of(row, figure), said(row, field)[0], row.currency) for row in rows]


def of_parts(rows: Iterable[Any], fields: Sequence[Field]) -> list[Bar]:
    """A bar for each figure of all properties."""
    return [
        Bar(_(field.label), value_of(row, field.name), said(row, field)[0], row.currency)
        for row in in_all(rows)
        for field in fields
    ]


def by_status(rows: Iterable[Any]) -> list[Bar]:
    """What the beds of each state bring a month, or would bring."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.currency, row.status] += row.list_rent if row.monthly_rent is None else row.monthly_rent
    return [
        Bar(status_word(status), amount, money(amount, currency), currency)
        for (currency, status), amount in sorted(sums.items())
    ]


def drawn(bars: Sequence[Bar], width: int, height: int, *, latest: bool = False) -> list[str]:
    """Lines of `width` cells, at most `height`, the first or the latest bars: each currency at its own scale."""
    currencies = list(dict.fromkeys(bar.currency for bar in bars))
    room = max(height // max(len(currencies), 1), 1)
    lines: list[str] = []
    for currency in currencies:
        own = [(bar.label, bar.value, bar.told) for bar in bars if bar.currency == currency]
        lines += chart_lines(own[-room:] if latest else own[:room], width)
    return lines[:height]
