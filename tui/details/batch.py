"""One import: how far it is, what came of it, and every row that was rejected."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_, _
from locales.formats import number
from locales.safe import safe
from locales.statuses import status_word
from tui.details.detail import DetailScreen
from tui.details.view import View
from tui.link import State
from tui.listings.signs import IMPORT
from tui.pace import LOOK, Pace, progress_told
from tui.sentences import sentence
from tui.things import Things, things_in
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow


class Rejected(NamedTuple):
    """A rejected cell, its message in the reader's language."""

    line: int
    column: str
    message: str
    value: str
    code: str


def _rejected(conn: "Connection", import_id: int, cut: Cut) -> Page[Any]:
    from db.repositories.imports import Imports

    page = Imports(conn).errors(import_id, after=cut.after, limit=cut.limit, way=cut.way)
    return page.mapped(lambda row: Rejected(row.line, row.column, _told(row.code, row.fields), row.value, row.code))


def _told(code: str, fields: Any) -> str:
    from db.services.imports.rejections import error_of

    return sentence(error_of(code, fields))


class ImportDetail(DetailScreen["ImportRow"]):
    """An import by number."""

    VIEWS = (
        View(
            N_("Rejected rows"), picked(records.IMPORT_ERRORS, line=0, column=(0, 20), message=(0, 70), value=(1, 30)),
            _rejected, lambda row: (row.line, row.column), "ekost import errors {number}",
            N_("No row was rejected."),
        ),
    )  # fmt: skip

    def __init__(self, import_id: int, mode: str) -> None:
        super().__init__(mode)
        self.number = import_id
        self._pace = Pace()

    def on_mount(self) -> None:
        """Look on while it runs."""
        self.set_interval(LOOK, self._look_on)

    def _look_on(self) -> None:
        if self.subject is not None and self.subject.is_open() and self.ekost.book.link.state is State.UP:
            self.look_again()

    def about(self) -> int:
        """The import."""
        return self.number

    def words(self) -> dict[str, str]:
        """Its number."""
        return {"number": str(self.number)}

    def read_subject(self, conn: "Connection") -> "ImportRow":
        """The import. Raises ImportNotFoundError."""
        from db.repositories.imports import Imports

        return Imports(conn).row(self.number)

    def subject_read(self, subject: "ImportRow") -> None:
        """One more look at how far it is."""
        self._pace.look(subject.rows_done())

    def card_told(self, subject: "ImportRow") -> Iterator[str]:
        """Which file, how far, how fast, and why it stopped."""
        yield f"#{subject.id}  {status_word(subject.kind)}  {safe(subject.file_name)}"
        told = _("{done} of {total} rows: {applied} applied, {skipped} skipped, {rejected} rejected").format(
            done=number(subject.rows_done()), total=number(subject.rows_total), applied=number(subject.rows_applied),
            skipped=number(subject.rows_skipped), rejected=number(subject.rows_rejected),
        )  # fmt: skip
        yield f"{IMPORT.get(subject.state, '')} {status_word(subject.state)}  {told}"
        if subject.is_open():
            yield progress_told(subject, self._pace, self.size.width - 2)
        if subject.failure is not None:
            yield safe(_told(str(subject.failure["code"]), subject.failure["fields"]))

    def things_of(self, row: Any) -> Things:
        """The import."""
        return Things() if self.subject is None else things_in(self.subject)
