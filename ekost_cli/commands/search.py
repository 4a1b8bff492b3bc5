"""`ekost search`: one box for whatever a person remembers of a tenant, a room or a property."""

from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Takes, command
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _

# The code comes first: it is what other commands take, and what `-o id` prints.
FIELDS = (
    Field("code", N_("Code")),
    Field("kind", N_("Kind"), "status"),
    Field("id", N_("Number"), "int", wide=True),
    Field("name", N_("Name")),
    Field("phone", N_("Phone"), "phone"),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("outstanding_balance", N_("Balance"), "money"),
)


@command(
    "search",
    _("Find tenants, rooms and properties by name, phone, e-mail, code or room number."),
    examples=("ekost search budi", "ekost search 0812-3456", "ekost search A1 --limit 5 -o json"),
    takes=Takes.LIST,
    fields=FIELDS,
)
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="TEXT", help=_("Any word or number, or several."))],
) -> None:
    from db.repositories.lookup import find_property
    from db.repositories.search import Search

    ekost = Context.of(context)
    text = " ".join(words)
    with up_to_date(ekost) as conn:
        prop = find_property(conn, ekost.property_code).id if ekost.property_code else None
        found = Search(conn)
        ekost.show_pages(lambda after, limit: found.page(text, property_id=prop, after=after, limit=limit))
