"""`ekost cache`: what is kept beside the book for who only looks."""

from typing import TYPE_CHECKING

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from locales import records
from locales.catalogs import _
from locales.fields import Field

if TYPE_CHECKING:
    from db.cache.cache import Cache

app = Noun(_("The cache: how often it answers, fill it, empty it."))

FIELDS = records.CACHE
WARMED = (Field("kept", N_("Kept"), "int"),)
CLEARED = (Field("removed", N_("Removed"), "int"),)


@app.command(
    "stats",
    _("Show how often the cache answered, and what is in it."),
    examples=("ekost cache stats", "ekost cache stats -o json"),
    fields=FIELDS,
)
def stats(context: typer.Context) -> None:
    from db.cache.stats import read_stats

    ekost = Context.of(context)
    ekost.show_list(read_stats(_known(ekost)))


@app.command(
    "warm",
    _("Fill the cache with what is asked first: lists of tenants, free rooms, the largest debts."),
    examples=("ekost cache warm", "ekost cache warm -o json"),
    takes=Takes.PROPERTY,
    fields=WARMED,
)
def warm(context: typer.Context) -> None:
    from ekost_cli.warming import warm_cache

    ekost = Context.of(context)
    ekost.show({"kept": warm_cache(ekost, _known(ekost))})


@app.command(
    "clear",
    _("Empty the cache; the book is not touched."),
    examples=("ekost cache clear", "ekost cache clear -o json"),
    fields=CLEARED,
)
def clear(context: typer.Context) -> None:
    from db.cache.stats import clear as empty

    ekost = Context.of(context)
    ekost.show({"removed": empty(_known(ekost))})


def _known(ekost: Context) -> "Cache":
    """The cache of the book, which is asked for its name where that is not known. Raises CacheOffError."""
    from db.cache.stats import CacheOffError
    from ekost_cli.cached import learn

    if ekost.cache is None:
        raise CacheOffError
    if not ekost.cache.memory.book:
        with ekost.reading() as conn:
            learn(ekost, conn)
    return ekost.cache
