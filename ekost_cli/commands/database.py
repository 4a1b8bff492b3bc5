"""`ekost db`: the database behind the book."""

from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.commands import backup
from ekost_cli.context import SLOW_LOG, Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from locales.catalogs import _

app = Noun(_("The database: schema, migrations and partitions."))

FIELDS = (
    Field("found", N_("Schema found")),
    Field("wanted", N_("Schema wanted")),
    Field("current", N_("Up to date"), "bool"),
)

PLANNED = (
    Field("revision", N_("Revision")),
    Field("subject", N_("Subject")),
    Field("table", N_("Table")),
    Field("lock", N_("Lock")),
    Field("rewrites", N_("Rewrites"), "bool"),
    Field("statement", N_("Statement"), wide=True),
)
PARTITIONS = (
    Field("name", N_("Partition")),
    Field("table", N_("Table"), wide=True),
    Field("first", N_("First day"), "date"),
    Field("after", N_("Before"), "date"),
    Field("rows", N_("Rows"), "int"),
    Field("bytes", N_("Bytes"), "int"),
    Field("gap", N_("Gap before it"), "bool"),
    Field("detached", N_("Detached"), "bool"),
)
MOVED = (
    Field("name", N_("Partition")),
    Field("rows", N_("Rows"), "int"),
    Field("table", N_("Table")),
)
SLOW = (
    Field("name", N_("Statement")),
    Field("count", N_("Count"), "int"),
    Field("median_ms", N_("Median ms"), "int"),
    Field("max_ms", N_("Longest ms"), "int"),
    Field("rows", N_("Rows"), "int", wide=True),
    Field("last_at", N_("Last"), "instant", wide=True),
)
FOLDED = (
    Field("table", N_("Table")),
    Field("year", N_("Year")),
    Field("months", N_("Months"), "int"),
)


@app.command(
    "migrate",
    _("Bring the schema up to date, with the book open."),
    examples=("ekost db migrate", "ekost db migrate --plan", "ekost db migrate -o json"),
    fields=FIELDS,
)
def migrate(
    context: typer.Context,
    plan: Annotated[
        bool, typer.Option("--plan", help=_("Change nothing: show the statements, and what each locks."))
    ] = False,
) -> None:
    from db.migrations.runner import migrate, schema_status

    ekost = Context.of(context)
    if plan:
        _show_plan(ekost)
        return
    migrate(ekost.any_database)
    with ekost.any_database.reading() as conn:
        ekost.show(schema_status(conn))


def _show_plan(ekost: Context) -> None:
    from db.migrations.plan import plan

    with ekost.any_database.reading() as conn:
        ekost.show_list(plan(conn), PLANNED)


@app.command(
    "status", _("Show the schema's revision."), examples=("ekost db status", "ekost db status -o json"), fields=FIELDS
)
def status(context: typer.Context) -> None:
    from db.migrations.runner import schema_status

    ekost = Context.of(context)
    with ekost.any_database.reading() as conn:
        ekost.show(schema_status(conn))


@app.command(
    "partitions",
    _("Show the partitions, their sizes and where one is missing."),
    examples=("ekost db partitions", "ekost db partitions -o json"),
    fields=PARTITIONS,
)
def partitions(context: typer.Context) -> None:
    from db.repositories.partitions import Partitions

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show_list(Partitions(conn).rows())


@app.command(
    "fold",
    _("Make one partition of the months of each year before the last one; a worker does it every month."),
    examples=("ekost db fold",),
    fields=FOLDED,
)
def fold(context: typer.Context) -> None:
    from db.services.partitions import fold_years

    ekost = Context.of(context)
    ekost.show_list(fold_years(ekost.database))


@app.command(
    "detach",
    _("Take an old year of payments and audit out of the book; balances and seals stay right."),
    examples=("ekost db detach 2021 --dry-run", "ekost db detach payments_2021 --yes"),
    takes=Takes.DRY_RUN | Takes.YES,
    fields=MOVED,
)
def detach(
    context: typer.Context,
    partition: Annotated[str, typer.Argument(metavar="YEAR|NAME", help=_("A year, or the name of a partition."))],
) -> None:
    from db.services.retention import detach, find_partitions

    ekost = Context.of(context)
    with ekost.reading() as conn:
        found = find_partitions(conn, partition)
    names = ", ".join(row.name for row in found)
    ekost.confirm(_("Detach {names}? Lists and histories will not show these rows.").format(names=names))
    with ekost.transaction() as conn:
        ekost.show_list([detach(conn, row) for row in found])


@app.command(
    "attach",
    _("Bring a partition that was detached back into the book."),
    examples=("ekost db attach payments_2021",),
    takes=Takes.DRY_RUN,
    fields=MOVED,
)
def attach(
    context: typer.Context,
    partition: Annotated[str, typer.Argument(metavar="NAME", help=_("The name of the partition."))],
) -> None:
    from db.services.retention import attach

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        ekost.show(attach(conn, partition))


@app.command(
    "slow",
    _("Show which statements were slow, by name; what `slow_query_ms` sets is written down on this machine."),
    examples=("ekost db slow", "ekost db slow -o json"),
    fields=SLOW,
)
def slow(context: typer.Context) -> None:
    from db.settings_path import state_folder
    from db.slow import read_slow

    ekost = Context.of(context)
    if not ekost.settings.slow_query_ms:
        ekost.note(_("Nothing is written down: slow_query_ms is 0."))
    ekost.show_list(read_slow(state_folder() / SLOW_LOG))


app.verbs.update(backup.verbs.verbs)
