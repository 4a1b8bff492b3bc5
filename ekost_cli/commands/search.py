"""`ekost search`: one box for whatever a person remembers of a tenant, a room or a property."""

from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import Takes, command
from ekost_cli.uptodate import up_to_date
from locales.catalogs import _

if TYPE_CHECKING:
    from db.repositories.pages import Page
    from db.repositories.search import SearchRow

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
    Field("alike", N_("Only alike"), "bool", wide=True),
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

        def read(after: str | None, limit: int) -> "Page[SearchRow]":
            page = found.page(text, property_id=prop, after=after, limit=limit)
            if any(row.alike for row in page.items):
                ekost.note(_("Nothing fits {text} as it is written; these look like it.").format(text=text))
            return page

        ekost.show_pages(read)
