"""`ekost db`: the database behind the book."""

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun
from locales.catalogs import _

app = Noun(_("The database: schema and migrations."))

FIELDS = (
    Field("found", N_("Schema found")),
    Field("wanted", N_("Schema wanted")),
    Field("current", N_("Up to date"), "bool"),
)


@app.command(
    "migrate",
    _("Bring the schema up to date."),
    examples=("ekost db migrate", "ekost db migrate -o json"),
    fields=FIELDS,
)
def migrate(context: typer.Context) -> None:
    from db.migrations.runner import migrate, schema_status

    ekost = Context.of(context)
    migrate(ekost.any_database)
    with ekost.any_database.reading() as conn:
        ekost.show(schema_status(conn))


@app.command(
    "status", _("Show the schema's revision."), examples=("ekost db status", "ekost db status -o json"), fields=FIELDS
)
def status(context: typer.Context) -> None:
    from db.migrations.runner import schema_status

    ekost = Context.of(context)
    with ekost.any_database.reading() as conn:
        ekost.show(schema_status(conn))
