"""The message that reminds a tenant of a bill: for WhatsApp or e-mail, and the link that opens it there, ready to send.

Polite at every stage and without a threat: it says what is open, since when and how to pay, and asks nobody to answer
who has paid meanwhile. It is in the language of who gets it, and nothing here sends anything.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from locales.catalogs import N_, _, ngettext, speaking
from locales.formats import date_long, date_short, money
from locales.safe import safe
from locales.statuses import kind_word

_NAMES = {
    "none": N_("{name}"),
    "kak": N_("Kak {name}"),
    "bapak_ibu": N_("Mr/Ms {name}"),
    "mas_mbak": N_("Mas/Mbak {name}"),
}


class Notice(NamedTuple):
    """What the message tells: `amount` is open of the bill, `total` of all of them, `fees` are late fees in that.

    `days` are those since the bill was due, below zero before; `period_end` is the day behind the last.
    """

    name: str
    greeting: str
    language: str | None
    house: str
    room: str | None
    kind: str
    period_start: date | None
    period_end: date | None
    due_on: date
    days: int
    amount: Decimal
    total: Decimal
    fees: Decimal
    currency: str
    pay_to: str | None
    contact: str
    phone: str | None
    email: str | None


class Message(NamedTuple):
    """The words, with *bold* as WhatsApp has it or plain, and where they can go; `link` is None without a contact."""

    subject: str
    text: str
    link: str | None


def message_of(reminder: Any, channel: str | None = None) -> Message:
    """The message about a reminder, a record with the fields of `Notice`.

    Without `channel` it is for WhatsApp if there is a phone, else for e-mail.
    """
    notice = Notice(*(getattr(reminder, name) for name in Notice._fields))
    with speaking(notice.language):
        way = channel or notice.contact
        subject = _("Reminder: {bill}").format(bill=_bill(notice))
        text = "\n".join(_lines(notice, "*" if way in ("whatsapp", "no_contact") else ""))
        return Message(subject, text, _link(notice, way, subject, text))


def _lines(notice: Notice, bold: str) -> Iterator[str]:
    plain = _unmarked if bold else safe
    who = _(_NAMES.get(notice.greeting, _NAMES["none"])).format(name=plain(notice.name))
    yield _("Hello {who},").format(who=who)
    yield ""
    yield _("this is a friendly reminder from {house}:").format(house=plain(notice.house))
    yield ""
    for label, value, strong in _facts(notice):
        yield f"{label}: {bold}{value}{bold}" if strong else f"{label}: {value}"
    if notice.pay_to:
        yield ""
        yield _("Please pay to: {account}").format(account=safe(notice.pay_to))
    yield ""
    yield _("Please ignore this message if you have paid already. Thank you.")


def _facts(notice: Notice) -> Iterator[tuple[str, str, bool]]:
    """Label, value and whether it stands out."""
    if notice.room:
        yield _("Room"), safe(notice.room), False
    yield _("Bill"), _bill(notice), False
    yield _("To pay"), money(notice.amount, notice.currency), True
    yield _("Due"), _due(notice), False
    if notice.total != notice.amount:
        yield _("All open bills together"), money(notice.total, notice.currency), True
    if notice.fees:
        yield _("Late fee in that"), money(notice.fees, notice.currency), False


def _bill(notice: Notice) -> str:
    """`rent 10/03/2026 to 09/04/2026`."""
    if notice.period_start is None or notice.period_end is None:
        return kind_word(notice.kind)
    return _("{kind} {first} to {last}").format(
        kind=kind_word(notice.kind),
        first=date_short(notice.period_start),
        last=date_short(notice.period_end - timedelta(days=1)),
    )


def _due(notice: Notice) -> str:
    day = date_long(notice.due_on)
    if notice.days == 0:
        return _("today, {date}").format(date=day)
    if notice.days < 0:
        return day
    late = ngettext("{count} day late", "{count} days late", notice.days).format(count=notice.days)
    return _("{date}, {late}").format(date=day, late=late)


def _link(notice: Notice, way: str, subject: str, text: str) -> str | None:
    """What opens the message in the program for it, ready to be sent by a person."""
    digits = "".join(char for char in notice.phone or "" if char in "0123456789")
    if way == "whatsapp" and digits:
        return f"https://wa.me/{digits}?text={_quoted(text)}"
    if way == "sms" and digits:
        return f"sms:+{digits}?body={_quoted(text)}"
    if way == "email" and notice.email:
        # The line's end of mail; a plus sign would stay one.
        body = _quoted(text.replace("\n", "\r\n"))
        return f"mailto:{quote(safe(notice.email), safe='@')}?subject={_quoted(subject)}&body={body}"
    return None


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _unmarked(text: str) -> str:
    """Stored text without the signs that WhatsApp would take for bold, italics, struck out or code."""
    return safe(text).translate(_MARKS)


_MARKS = str.maketrans("*_~`", "    ")
