"""What a meter of a room shows: what was used since the last reading, and who pays for it."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from db.domain.utilities import KINDS, Replacement, parse_reading
from locales.catalogs import N_, _
from locales.formats import date_short, money, number
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import TODAY, Entry, Given, Place, Typed, day
from tui.dialogs.furnishing import Placed, RoomForm, placed
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.meters import MeterRef


def figure(text: str, place: Place) -> Decimal:
    """What a meter shows. Raises ReadingTextError, ReadingAmbiguousError."""
    return parse_reading(text)


class ReadingDialog(RoomForm):
    """A reading of a meter of the room; where the meter was replaced, with the figures of both."""

    ENTRIES = (
        Entry("value", N_("Reading"), figure, needed=True),
        Entry("kind", N_("Meter"), option="--kind", choices=KINDS),
        Entry("on", N_("Read on"), day, "--on", usual=TODAY),
        Entry("old_last", N_("Old meter's last"), figure),
        Entry("new_first", N_("New meter's first"), figure),
    )
    COMMAND = "ekost meter read"
    OPERATION = "tui.reading"

    def __init__(self, book: Book, where: Where) -> None:
        super().__init__(book)
        self.where = where
        self._meters: list[MeterRef] = []

    def title_text(self) -> str:
        """In which room, and what was read last."""
        told = [_("Meter of room {room}").format(room=f"{self.where.property}/{self.where.number}")]
        for meter in self._meters:
            if meter.last is not None and meter.last_on is not None:
                told.append(f"{status_word(meter.kind)} {number(meter.last)} ({date_short(meter.last_on)})")
        return ", ".join(told)

    def read_subject(self, conn: "Connection") -> Placed:
        """The room, and its meters."""
        from db.repositories.meters import Meters

        found = placed(conn, self.where)
        self._meters = Meters(conn).of_room(found.room.id)
        return found

    def prefill(self, subject: Placed) -> Typed:
        """The kind of the room's first meter."""
        return {"kind": self._meters[0].kind} if self._meters else {}

    def command_line(self, subject: Placed, typed: Typed) -> str:
        """`ekost meter read KOSA/A1 1327.8`; the kind only where there are several meters."""
        told = [self.COMMAND, subject.ref, quote(typed["value"].strip()) or "READING"]
        if len(self._meters) > 1:
            told += ["--kind", typed["kind"]]
        if (on := typed["on"].strip()) not in ("", TODAY, _(TODAY)):
            told += ["--on", quote(on)]
        if typed["old_last"].strip() or typed["new_first"].strip():
            told += ["--replaced", quote(typed["old_last"].strip()), quote(typed["new_first"].strip())]
        return " ".join(told)

    def carry_out(self, conn: "Connection", subject: Placed, given: Given) -> int:
        """Enter it; the number is the reading's."""
        from db.repositories.meters import Meters, find_meter
        from db.services.readings import Read, post_readings

        last, first = given["old_last"], given["new_first"]
        new = None if last is None and first is None else Replacement(last or Decimal(0), first or Decimal(0))
        meter = find_meter(conn, subject.ref, kind=given["kind"])
        event = post_readings(conn, [Read(meter, given["value"], new)], given["on"])
        return Meters(conn).under(event)[0].id

    def effect(self, conn: "Connection", subject: Placed, given: Given, number_: int) -> Iterator[str]:
        """What was used since when, what it costs, and who pays."""
        from db.repositories.meters import Meters

        row = Meters(conn).reading(number_)
        if row.previous is None or row.usage is None:
            yield _("The first reading of this meter: it costs nothing.")
            return
        yield f"{number(row.previous)} → {number(row.value)} = {number(row.usage)} {row.unit}"
        if row.amount is None or row.price is None:
            yield _("Nobody is charged for it.")
            return
        yield f"{number(row.usage)} {row.unit} × {money(row.price, row.currency)} = {money(row.amount, row.currency)}"
        yield _("Charged to {tenants}.").format(tenants=row.tenants)

    def done(self, subject: Placed, given: Given, number_: int) -> Done:
        """Entered; it can be taken back with what was charged."""
        told = _("Reading #{number} is entered.").format(number=number_)
        return Done(told, partial(_void, number_), _("Reading #{number} is taken back.").format(number=number_))


def _void(number_: int, conn: "Connection") -> int:
    from db.services.readings import void_reading

    return void_reading(conn, number_, _("taken back at once"))
