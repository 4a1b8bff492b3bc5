"""Words and colours for states and kinds, for every front end; programs get the codes."""

from locales.catalogs import N_, _
from locales.safe import safe

_STATUSES: dict[str, tuple[str, str]] = {
    "paid": (N_("paid"), "green"),
    "partial": (N_("partly paid"), "yellow"),
    "unpaid": (N_("unpaid"), "red"),
    "credit": (N_("in credit"), "cyan"),
    "available": (N_("available"), "green"),
    "occupied": (N_("occupied"), ""),
    "renovation": (N_("in renovation"), "yellow"),
    "let": (N_("let"), "green"),
    "vacant": (N_("vacant"), "yellow"),
    "new": (N_("new"), "red"),
    "more": (N_("more"), "yellow"),
    "less": (N_("less"), "cyan"),
    "same": (N_("same"), ""),
    "planned": (N_("planned"), ""),
    "in_force": (N_("in force"), "green"),
    "queued": (N_("queued"), ""),
    "running": (N_("running"), "cyan"),
    "stopped": (N_("stopped"), "dim"),
    "done": (N_("done"), "green"),
    "failed": (N_("failed"), "red"),
    "undone": (N_("undone"), "dim"),
    "ready": (N_("waiting"), ""),
    "leased": (N_("being done"), "cyan"),
    "dead": (N_("dead"), "red"),
    "discarded": (N_("given up"), "dim"),
    "active": (N_("active"), "green"),
    "coming": (N_("to come"), "cyan"),
    "replaced": (N_("replaced"), "dim"),
    "ended": (N_("ended"), "dim"),
    "archived": (N_("archived"), "dim"),
    "voided": (N_("taken back"), "dim"),
    "good": (N_("good"), "green"),
    "worn": (N_("worn"), "yellow"),
    "broken": (N_("damaged"), "red"),
    "missing": (N_("missing"), "red"),
    "removed": (N_("taken out"), "dim"),
    "rent": (N_("rent"), ""),
    "electricity": (N_("electricity"), ""),
    "water": (N_("water"), ""),
    "internet": (N_("internet"), ""),
    "gas": (N_("gas"), ""),
    "included": (N_("in the rent"), ""),
    "flat": (N_("flat, a month"), ""),
    "metered": (N_("by the meter"), ""),
    "token": (N_("by token"), ""),
    "damage": (N_("damage"), ""),
    "maintenance": (N_("maintenance"), ""),
    "cleaning": (N_("cleaning"), ""),
    "supplies": (N_("supplies"), ""),
    "tax": (N_("tax"), ""),
    "open": (N_("open"), "yellow"),
    "matched": (N_("matched"), "green"),
    "ignored": (N_("ignored"), "dim"),
    "link": (N_("recorded payment"), "green"),
    "tenant": (N_("tenant"), ""),
    "category": (N_("expense"), ""),
    "ignore": (N_("nothing of the book"), "dim"),
    "handover": (N_("handover"), ""),
    "count": (N_("count"), ""),
    "pending": (N_("to be confirmed"), "yellow"),
    "confirmed": (N_("confirmed"), "green"),
    "late_fee": (N_("late fee"), ""),
    "opening": (N_("opening balance"), ""),
    "refund": (N_("refund"), ""),
    "payment": (N_("payment"), ""),
    "cash": (N_("cash"), ""),
    "transfer": (N_("transfer"), ""),
    "qris": ("QRIS", ""),
    "ewallet": (N_("e-wallet"), ""),
    "deposit": (N_("deposit"), ""),
    "other": (N_("other"), ""),
    "whatsapp": ("WhatsApp", ""),
    "email": (N_("e-mail"), ""),
    "sms": ("SMS", ""),
    "no_contact": (N_("no contact"), "red"),
    "received": (N_("received"), ""),
    "applied": (N_("applied"), ""),
    "refunded": (N_("refunded"), ""),
    "per_tenant": (N_("tenant"), ""),
    "split_room": (N_("room, shared"), ""),
    "daily": (N_("by days"), ""),
    "none": (N_("in full"), ""),
    "payments": (N_("payments"), ""),
    "tenants": (N_("tenants"), ""),
    "rooms": (N_("rooms"), ""),
    "pass": (N_("fine"), "green"),
    "warn": (N_("warning"), "yellow"),
    "fail": (N_("broken"), "red"),
}


def status_word(code: str) -> str:
    """A state in the reader's language; one that nobody named yet as it is stored."""
    return _(_STATUSES[code][0]) if code in _STATUSES else safe(code)


def kind_word(code: str) -> str:
    """A kind of entry; `credit` is one, while as a state it says how a tenant stands."""
    return _("credit") if code == "credit" else status_word(code)


def status_style(code: str) -> str:
    """The colour of a state."""
    return _STATUSES.get(code, ("", ""))[1]
