"""The words of a reminder: what they tell, in whose language, and that a link carries them unharmed."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.catalogs import set_language
from locales.reminders import Notice, message_of
from locales.safe import safe

NOTICE = Notice(
    name="Budi", greeting="kak", language="en", house="Kos Melati", room="A1", kind="rent",
    period_start=date(2026, 3, 10), period_end=date(2026, 4, 10), due_on=date(2026, 3, 10), days=7,
    amount=Decimal(1_500_000), total=Decimal(3_075_000), fees=Decimal(75_000), currency="IDR",
    pay_to="BCA 123 a.n. *Sari*", contact="whatsapp", phone="+6281234567890", email="budi+kos@example.com",
)  # fmt: skip

WHOLE = """\
Hello Kak Budi,

this is a friendly reminder from Kos Melati:

Room: A1
Bill: rent 10/03/2026 to 09/04/2026
To pay: *Rp1,500,000*
Due: 10 March 2026, 7 days late
All open bills together: *Rp3,075,000*
Late fee in that: Rp75,000

Please pay to: BCA 123 a.n. *Sari*

Please ignore this message if you have paid already. Thank you."""


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


def sent(link: str | None) -> str:
    """The text that a link carries."""
    parts = urlsplit(link or "")
    return parse_qs(parts.query, strict_parsing=True)["text" if parts.netloc else "body"][0]


def test_the_message_tells_what_is_open_since_when_and_how_to_pay() -> None:
    message = message_of(NOTICE)
    assert message.text == WHOLE
    assert message.link is not None
    assert message.link.startswith("https://wa.me/6281234567890?text=Hello%20Kak%20Budi%2C%0A%0Athis")
    assert sent(message.link) == WHOLE


def test_what_there_is_not_is_not_told() -> None:
    short = NOTICE._replace(
        greeting="none", room=None, period_start=None, period_end=None, kind="water", days=0, pay_to=None,
        total=NOTICE.amount, fees=Decimal(0),
    )  # fmt: skip
    assert message_of(short).text.splitlines() == [
        "Hello Budi,",
        "",
        "this is a friendly reminder from Kos Melati:",
        "",
        "Bill: water",
        "To pay: *Rp1,500,000*",
        "Due: today, 10 March 2026",
        "",
        "Please ignore this message if you have paid already. Thank you.",
    ]
    early = message_of(short._replace(days=-3)).text
    assert "Due: 10 March 2026\n" in early
    assert "late" not in early.lower()


def test_mail_is_plain_and_has_a_subject() -> None:
    message = message_of(NOTICE._replace(contact="email", phone=None, pay_to=None))
    assert "*" not in message.text
    assert message.subject == "Reminder: rent 10/03/2026 to 09/04/2026"
    assert message.link is not None
    assert message.link.startswith("mailto:budi%2Bkos@example.com?subject=Reminder%3A%20rent%20")
    assert sent(message.link) == message.text.replace("\n", "\r\n")
    assert (message_of(NOTICE, "email").link or "").startswith("mailto:")
    assert sent(message_of(NOTICE, "sms").link) == message_of(NOTICE, "sms").text
    assert message_of(NOTICE, "other").link is None
    assert message_of(NOTICE._replace(contact="no_contact", phone=None, email=None)).link is None


def test_each_is_written_to_in_a_language_of_their_own() -> None:
    told = message_of(NOTICE._replace(language="id"))
    assert "sewa 10/03/2026" in told.text
    assert "10 Maret 2026" in told.text
    assert "*Rp1.500.000*" in told.text
    assert "10 March 2026" in message_of(NOTICE._replace(language=None)).text
    set_language("id")
    assert "10 Maret 2026" in message_of(NOTICE._replace(language=None)).text
    assert message_of(NOTICE).text == WHOLE


HOSTILE = ["*_~`", "a&text=b#c?d=%41", "\x1b[31mred", "a\nHello", "\u202eevil", "😀 O'Brien & Söhne", "\ud800"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out_of_its_line_or_of_the_link(name: str) -> None:
    assert_unharmed(name)


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_at_all_does(name: str) -> None:
    assert_unharmed(name)


def assert_unharmed(name: str) -> None:
    message = message_of(NOTICE._replace(name=name, house=name))
    assert re.fullmatch(r"https://wa\.me/6281234567890\?text=[A-Za-z0-9%._~-]+", message.link or "")
    assert unquote((message.link or "").partition("=")[2], errors="strict") == message.text
    assert len(message.text.split("\n")) == len(WHOLE.split("\n"))
    assert all(safe(line) == line for line in message.text.split("\n"))
    first = message.text.split("\n")[0]
    assert not set("*_~`") & set(first)
