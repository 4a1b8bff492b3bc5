"""What is known of a tenant or a room, put right. Only the lines that were changed are told to the book: what somebody
else changes in the same moment stays."""

from collections.abc import Iterator, Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from locales import records
from locales.catalogs import N_, _
from locales.cells import said
from locales.fields import Field
from locales.formats import phone_local
from locales.safe import safe
from tui.account import Who
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given, Place, Typed, amount, at_home, plain, read_entry, whole
from tui.dialogs.form import FormDialog
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef

R = TypeVar("R", bound="TenantRef | RoomRef")


class Known(NamedTuple, Generic[R]):
    """A tenant or a room as a change needs it, and what is known by the names of the lines."""

    ref: R
    values: Mapping[str, Any]


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


class EditTenantDialog(EditForm["TenantRef"]):
    """A tenant's name, code and contact. The national id stands there masked; it is changed when that is."""

    ENTRIES = (
        Entry("name", N_("Name"), option="--name", needed=True),
        Entry("code", N_("Code"), option="--code", needed=True),
        Entry("phone", N_("Phone"), option="--phone"),
        Entry("email", N_("E-mail"), option="--email"),
        Entry("national_id", N_("National id"), option="--national-id"),
        Entry("emergency_name", N_("Emergency contact"), option="--emergency-name"),
        Entry("emergency_phone", N_("Emergency phone"), option="--emergency-phone"),
    )
    FIELDS = records.TENANT
    COMMAND = "ekost tenant edit"
    OPERATION = "tui.edit-tenant"

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book)
        self.who = who

    def title_text(self) -> str:
        """Who."""
        return _("What is known of {name}").format(name=safe(self.subject.values["name"] if self.subject else "…"))

    def read_subject(self, conn: "Connection") -> "Known[TenantRef]":
        """The tenant. Raises TenantNotFoundError, AmbiguousError."""
        from db.repositories.lookup import find_tenant

        ref = find_tenant(conn, self.who.code, self.who.property)
        return Known(ref, self.read_known(conn, ref.id))

    def read_known(self, conn: "Connection", number: int) -> Mapping[str, Any]:
        """The line of the list, and the contact."""
        from db.repositories.tenants import Tenants

        found = Tenants(conn)
        return found.row(number)._asdict() | found.detail(number)._asdict()

    def command_words(self, subject: "Known[TenantRef]") -> tuple[list[str], list[str]]:
        """The tenant."""
        return [self.who.code], ["--property", self.who.property]

    def put_right(self, conn: "Connection", subject: "Known[TenantRef]", changes: Mapping[str, Any]) -> None:
        """Change it."""
        from db.services.tenants import edit_tenant

        edit_tenant(conn, subject.ref, changes)

    def done(self, subject: "Known[TenantRef]", given: Given, number: int) -> Done:
        """Changed, perhaps the code by which the tenant is found."""
        code = given["code"].upper()
        told = _("What is known of {name} is changed.").format(name=given["name"])
        return Done(told, renamed=(self.who, self.who._replace(code=code)))


class EditRoomDialog(EditForm["RoomRef"]):
    """A room's number, list rent, kind and beds; existing leases keep their rent (R5)."""

    ENTRIES = (
        Entry("number", N_("Number"), option="--number", needed=True),
        Entry("monthly_rent", N_("Rent a month"), amount, option="--rent", needed=True),
        Entry("room_type", N_("Type"), option="--type"),
        Entry("capacity", N_("Beds"), whole, option="--capacity", needed=True),
        Entry("basis", N_("Rent per"), option="--basis", choices=("per_tenant", "split_room")),
    )
    FIELDS = records.ROOMS
    COMMAND = "ekost room edit"
    OPERATION = "tui.edit-room"

    def __init__(self, book: Book, where: Where) -> None:
        super().__init__(book)
        self.where = where

    def title_text(self) -> str:
        """Which room."""
        return _("Room {room}").format(room=f"{self.where.property}/{self.where.number}")

    def read_subject(self, conn: "Connection") -> "Known[RoomRef]":
        """The room. Raises RoomNotFoundError."""
        from db.repositories.lookup import find_room

        ref = find_room(conn, self.where.number, self.where.property)
        return Known(ref, self.read_known(conn, ref.id))

    def read_known(self, conn: "Connection", number: int) -> Mapping[str, Any]:
        """The line of the list."""
        from db.repositories.rooms import Rooms

        return Rooms(conn).row(number)._asdict()

    def command_words(self, subject: "Known[RoomRef]") -> tuple[list[str], list[str]]:
        """The room."""
        return [f"{self.where.property}/{self.where.number}"], []

    def put_right(self, conn: "Connection", subject: "Known[RoomRef]", changes: Mapping[str, Any]) -> None:
        """Change it."""
        from db.services.rooms import edit_room

        edit_room(conn, subject.ref, changes)

    def done(self, subject: "Known[RoomRef]", given: Given, number: int) -> Done:
        """Changed, perhaps the number by which the room is found."""
        there = self.where._replace(number=given["number"].upper())
        return Done(_("Room {room} is changed.").format(room=there.number), renamed=(self.where, there))


def _typed(entry: Entry, value: Any) -> str:
    if value is None:
        return ""
    if entry.read is amount:
        return plain(value)
    return phone_local(value) if entry.name.endswith("phone") else str(value)
