"""The palette: everything that keys do here, and every tenant, room and property by any word of it."""

from asyncio import sleep
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.types import IgnoreReturnCallbackType

from db.errors import EkostError
from locales.catalogs import _
from locales.safe import safe
from tui.account import Who
from tui.app import EkostApp
from tui.scope import House

if TYPE_CHECKING:
    from db.repositories.search import SearchRow

# Hits that are read, and seconds of silence before they are.
MOST, DEBOUNCE = 20, 0.15
KINDS = {"tenant": "@", "room": "#", "property": "⌂"}
# Before a tenant whose name only looks like what was typed.
ALIKE = "≈"


class Actions(Provider):
    """What the keys of the screen below do, in the language of now."""

    async def discover(self) -> Hits:
        """All of it."""
        for text, keys, act in self._known():
            yield DiscoveryHit(Content(text), act, text=text, help=keys)

    async def search(self, query: str) -> Hits:
        """What fits the words."""
        matcher = self.matcher(query)
        for text, keys, act in self._known():
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), act, text=text, help=keys)

    def _known(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and active.enabled:
                run = partial(self.app.run_action, binding.action, active.node)
                yield _(binding.description), self.app.get_key_display(binding), run


class Entities(Provider):
    """What the book holds; asked once nothing more is typed, older questions are dropped."""

    async def search(self, query: str) -> Hits:
        """The best hits."""
        app = self.app
        assert isinstance(app, EkostApp)  # noqa: S101 - it stands in no other one
        await sleep(DEBOUNCE)
        house = app.house.id if app.house else None
        try:
            with app.book.on_screen("search"):
                rows = await app.book.browse(lambda conn: find(conn, query, house))
        except EkostError:
            return  # the line of state tells of a book that is away; what can't be looked for fits nothing
        for rank, row in enumerate(rows):
            kind = ALIKE if row.alike else KINDS[row.kind]
            text = safe(f"{kind} {row.code}  {row.name or ''}  {row.room or ''}".rstrip())
            yield Hit(1 - rank / 100, Content(text), partial(go_to, app, row), text=text)


def find(conn: object, words: str, property_id: int | None) -> "list[SearchRow]":
    """What fits, the best first."""
    from db.repositories.search import Search

    return Search(conn).page(words, property_id=property_id, limit=MOST).items  # type: ignore[arg-type]


def go_to(app: EkostApp, row: "SearchRow") -> None:
    """Show what was found."""
    if row.kind == "tenant":
        from tui.details.tenant import TenantDetail

        app.push_screen(TenantDetail(Who(row.code, row.property), app.current_mode))
    elif row.kind == "property":
        app.choose_house(House(row.id, row.code, row.name or ""))
    else:
        app.show_rooms(row.code.rpartition("/")[2])
