"""What is known of a tenant or a room, put right. Only the lines that were changed are told to the book: what somebody
else changes in the same moment stays."""

from collections.abc import Iterator, Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from locales.catalogs import N_, _
from locales.cells import said
from locales.fields import Field
from locales.formats import phone_local
from tui.dialogs.entries import Entry, Given, Place, Typed, amount, at_home, plain, read_entry
from tui.dialogs.form import FormDialog

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef

R = TypeVar("R", bound="TenantRef | RoomRef")


class Known(NamedTuple, Generic[R]):
    """A tenant or a room as a change needs it, and what is known by the names of the lines."""

    ref: R
    values: Mapping[str, Any]

    def values_of(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """What stood in the lines that are changed: has somebody changed the same meanwhile, it is refused."""
        return {name: self.values[name] for name in changes}


class EditForm(FormDialog[Known[R]], Generic[R]):
    """Everything that is known stands there at first."""

    SAVE = N_("Save changes")
    FIELDS: ClassVar[tuple[Field, ...]]

    def read_known(self, conn: "Connection", number: int) -> Mapping[str, Any]:
        """What is known."""
        raise NotImplementedError

    def put_right(self, conn: "Connection", subject: Known[R], changes: Mapping[str, Any]) -> None:
        """Change it by the service."""
        raise NotImplementedError

    def place(self, subject: Known[R]) -> Place:
        """In the money of the property."""
        return at_home()._replace(currency=subject.values["currency"])

    def prefill(self, subject: Known[R]) -> Typed:
        """What is known, as it is typed."""
        return {entry.name: _typed(entry, subject.values[entry.name]) for entry in self.ENTRIES}

    def changes(self, subject: Known[R], given: Given) -> dict[str, Any]:
        """The lines that mean something else than what stood there; an empty text takes something away."""
        stood, place = self.prefill(subject), self.place(subject)
        lines = [entry for entry in self.ENTRIES if given[entry.name] != read_entry(entry, stood[entry.name], place)]
        return {entry.name: "" if given[entry.name] is None else given[entry.name] for entry in lines}

    def command_line(self, subject: Known[R], typed: Typed) -> str:
        """Only what was changed."""
        stood = self.prefill(subject)
        before, behind = self.command_words(subject)
        lines = [entry for entry in self.ENTRIES if typed[entry.name].strip() != stood[entry.name]]
        words = [word for entry in lines for word in (str(entry.option), quote(typed[entry.name].strip()))]
        return " ".join([self.COMMAND, *before, *words, *behind])

    def carry_out(self, conn: "Connection", subject: Known[R], given: Given) -> int:
        """Change it."""
        self.put_right(conn, subject, self.changes(subject, given))
        return subject.ref.id

    def effect(self, conn: "Connection", subject: Known[R], given: Given, number: int) -> Iterator[str]:
        """What each changed line was and is, in the form in which it is stored."""
        after, changed = self.read_known(conn, number), self.changes(subject, given)
        for field in self.FIELDS:
            if field.name in changed:
                before, now = said(subject.values, field)[0], said(after, field)[0]
                yield _("{what}: {before} → {after}").format(what=_(field.label), before=before, after=now)
        if not changed:
            yield _("Nothing is changed yet.")


def _typed(entry: Entry, value: Any) -> str:
    if value is None:
        return ""
    if entry.read is amount:
        return plain(value)
    return phone_local(value) if entry.name.endswith("phone") else str(value)
