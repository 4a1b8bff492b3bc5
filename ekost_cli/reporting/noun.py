"""The noun that all reports belong to, and the options that they share."""

from datetime import date
from typing import Annotated

import typer

from db.domain.days import year_until
from ekost_cli.context import Context
from ekost_cli.grammar import Noun
from locales.catalogs import _

app = Noun(_("Reports: what the book comes to."))

SinceOption = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=_("First day; a year back, from its month on, if not given.")),
]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help=_("Last day; today if not given."))]


def days_of(ekost: Context, since: str | None, until: str | None) -> tuple[date, date]:
    """The first and the last day that a report is about: twelve months with the current one, if none is named."""
    last = ekost.day(until) or ekost.today()
    return ekost.day(since) or year_until(last), last
