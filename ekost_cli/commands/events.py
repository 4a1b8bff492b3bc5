"""`ekost events`: what happened, as facts in the past tense."""

from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import TenantOption, UntilOption
from locales.catalogs import _

app = Noun(_("Everything that happened, as workers and the audit are told of it."))

FIELDS = (
    Field("id", N_("Number"), "int"),
    Field("recorded_at", N_("When"), "instant"),
    Field("type", N_("Event")),
    Field("entity_type", N_("Of what")),
    Field("entity_id", N_("Its number"), "int"),
    Field("tenant_seq", N_("Of the tenant"), "int", wide=True),
    Field("payload", N_("Details"), "nested", wide=True),
    Field("actor", N_("By whom"), wide=True),
)


@app.command(
    "list",
    _("List events, the latest first."),
    examples=(
        "ekost events list",
        "ekost events list --type PaymentRecorded --tenant BUDI",
        "ekost events list --from 2026-01-01 -o ndjson --all",
    ),
    takes=Takes.PAGES,
    fields=FIELDS,
)
def list_(
    context: typer.Context,
    tenant: TenantOption = None,
    type: Annotated[
        str | None,
        typer.Option("--type", metavar="EVENT", help=_("Only events of this name, such as PaymentRecorded.")),
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("First day."))] = None,
    until: UntilOption = None,
) -> None:
    from db.repositories.events import Events
    from db.repositories.lookup import find_tenant

    ekost = Context.of(context)
    first, last = ekost.day(since, "UTC"), ekost.day(until, "UTC")
    with ekost.reading() as conn:
        who = None if tenant is None else find_tenant(conn, tenant, ekost.property_code).id
        ekost.show_pages(
            lambda after, limit: Events(conn).page(
                tenant_id=who, type=type, since=first, until=last, after=after, limit=limit
            )
        )
