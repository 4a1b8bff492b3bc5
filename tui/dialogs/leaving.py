"""Moving out: the end of the lease alone, or with all that is to be settled then, as a statement (R7, R8)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from shlex import quote
from typing import TYPE_CHECKING

from db.domain.methods import CASH, METHODS
from locales.catalogs import N_, _
from locales.formats import date_short, money
from locales.papers import statement_rows
from tui.account import Who
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.effects import posted_told
from tui.dialogs.entries import TODAY, Entry, Given, Typed, amount, day, spoken
from tui.dialogs.housing import lease_row
from tui.dialogs.reading import figure
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef
    from db.repositories.statements import Statement

KEEP, SETTLE = "keep", "settle"
SAID = {KEEP: N_("leave it for now"), SETTLE: N_("use it, give back the rest")}


class MoveOutDialog(TenantForm):
    """The lease ends. A reading, a damage or the deposit make it a closing of the account, of today or before."""

    TITLE = N_("{name} moves out")
    SAVE = N_("Move out")
    ENTRIES = (
        Entry("on", N_("First day away"), day, "--on", usual=TODAY),
        Entry("refund", N_("Unused days"), option="--refund", usual="none", choices=("none", "prorate"),
              said=lambda code: _("given back") if code == "prorate" else _("not given back")),
        Entry("reading", N_("Meter reading"), figure),
        Entry("damage", N_("Damage"), amount),
        Entry("what", N_("What is broken")),
        Entry("deposit", N_("Deposit"), choices=tuple(SAID), said=lambda code: _(SAID[code])),
        Entry("method", N_("Paid out by"), option="--method", usual=CASH, choices=METHODS),
    )  # fmt: skip
    COMMAND = "ekost tenant move-out"
    OPERATION = "tui.move-out"

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book, who)
        self._kind, self._refund = "", "none"

    def read_subject(self, conn: "Connection") -> "TenantRef":
        """The tenant, and which meter the room has."""
        from db.repositories.leases import tenant_leases
        from db.repositories.meters import Meters

        subject = super().read_subject(conn)
        stays = [lease for lease in tenant_leases(conn, subject.id) if lease.covers(subject.today)]
        meters = Meters(conn).of_room(stays[-1].room_id) if stays else []
        self._refund = stays[-1].refund if stays else "none"
        self._kind = next((meter.kind for meter in meters), "electricity")
        return subject

    def prefill(self, subject: "TenantRef") -> Typed:
        """Unused days as the lease was signed."""
        return {"refund": self._refund}

    def command_line(self, subject: "TenantRef", typed: Typed) -> str:
        """`ekost tenant move-out`, or `ekost tenant close` where there is something to settle."""
        before, behind = self.command_words(subject)
        told = spoken(self.ENTRIES[:1], typed)
        if typed["refund"] != self._refund:
            told += ["--refund", typed["refund"]]
        if not _settles({name: typed[name].strip() for name in ("reading", "damage", "deposit")}):
            return " ".join([self.COMMAND, *before, *told, *behind])
        if reading := typed["reading"].strip():
            told += ["--meter", quote(f"{self._kind}={reading}")]
        if damage := typed["damage"].strip():
            told += ["--damage", quote(f"{typed['what'].strip() or _('damage')}={damage}")]
        if typed["deposit"] == KEEP:
            told.append("--keep-deposit")
        told += spoken(self.ENTRIES[-1:], typed)
        return " ".join(["ekost tenant close", *before, *told, *behind])

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """End the lease; the number is the lease's, or that of the statement."""
        from db.services.moves import move_out
        from db.services.settling import Damage, close_tenant

        if not _settles(given):
            return move_out(conn, subject, given["on"], refund=given["refund"]).lease.id
        damages = [Damage(given["what"] or _("damage"), given["damage"])] if given["damage"] else []
        meters: dict[str, Decimal] = {self._kind: given["reading"]} if given["reading"] is not None else {}
        return close_tenant(
            conn, subject, given["on"], meters=meters, damages=damages, refund=given["refund"],
            keep_deposit=given["deposit"] == KEEP, method=given["method"],
        ).number  # fmt: skip

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """Which room is free from when on, what is taken back, and the balance behind it; or the statement."""
        if _settles(given):
            from db.repositories.statements import read_statement

            yield from _statement_told(read_statement(conn, number))
            return
        lease = lease_row(conn, number)
        if lease.ends_on is not None:
            last = date_short(lease.ends_on - timedelta(days=1))
            yield _("Room {room}: the last night is {date}.").format(room=lease.room, date=last)
        yield from posted_told(conn, subject.id)
        yield self.balance_behind(conn, subject)

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """The end is in the book."""
        if _settles(given):
            return Done(_("The account of {name} is closed.").format(name=subject.name))
        return Done(_("The lease of {name} is ended.").format(name=subject.name))


def _settles(given: Given) -> bool:
    """Whether there is more to do than to end the lease."""
    return given["reading"] not in (None, "") or given["damage"] not in (None, "") or given["deposit"] == SETTLE


def _statement_told(statement: "Statement") -> Iterator[str]:
    """What it comes to first: there may be more lines than the preview has."""
    rows = list(statement_rows(statement))
    lines = len(statement.lines)
    for row in (*rows[lines:], *rows[:lines]):
        period = f" {row['period']}" if row["period"] else ""
        yield f"{row['what']}{period}: {money(Decimal(str(row['amount'])), statement.currency)}"
