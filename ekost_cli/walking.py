"""The round from meter to meter: what each showed last is told, what it shows now is asked, and doubted where it is
much more than usual."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from db.errors import EkostError
from ekost_cli.context import Context
from locales import utilities
from locales.catalogs import _, ngettext
from locales.formats import date_short, number
from locales.safe import safe
from locales.sentences import filled
from locales.statuses import status_word

if TYPE_CHECKING:
    from db.repositories.meters import Stop
    from db.services.readings import Read

# What is typed in the place of a reading.
STOP, BACK = "q", "-"
Ask = Callable[[str], str | None]


def walk_round(ekost: Context, on: str | None, factor: Decimal) -> None:
    """Ask for all readings of a property, show the bills, ask once, and post all or nothing."""
    from db.repositories.lookup import find_property
    from db.repositories.meters import Meters
    from db.retrying import again

    with ekost.database.reading() as conn:
        house = find_property(conn, ekost.property_code)
        day = ekost.day(on, house.timezone) or house.today
        stops = Meters(conn).round(house.id, day)
    _tell(_("{name}, {date}: a reading, Enter to skip, - to go back, q to stop.").format(
        name=house.name, date=date_short(day)))  # fmt: skip
    _tell(_("Where a meter was replaced: the old one's last figure, and the new one's: 1340>12.5."))
    reads = ask_all(stops, day, _ask, _tell, factor)
    if not reads:
        ekost.note(_("Nothing was read."))
        return
    if ekost.dry_run:
        _post(ekost, reads, day)
        return
    if not ekost.options.yes:
        _preview(ekost, reads, day)
        count = ngettext("Post this reading?", "Post these {count} readings?", len(reads)).format(count=len(reads))
        ekost.confirm(count)
    # What was typed is not asked for again, whatever else happens to the book.
    again(lambda: _post(ekost, reads, day))


def ask_all(stops: "Sequence[Stop]", day: date, ask: Ask, tell: Callable[[str], None], factor: Decimal) -> "list[Read]":
    """What was typed at each meter; None for an answer is the end of all answers."""
    read: dict[int, Read] = {}
    place = 0
    while 0 <= place < len(stops):
        stop = stops[place]
        told = ask(_prompt(stop, read.get(stop.meter.id), place, len(stops)))
        word = (told or "").strip().lower()
        if told is None or word == STOP:
            break
        if word == BACK:
            place = max(place - 1, 0)
            continue
        if not word:
            place += 1
            continue
        found = _taken(stop, word, day, ask, tell, factor)
        if found is not None:
            read[stop.meter.id] = found
            place += 1
    return [read[stop.meter.id] for stop in stops if stop.meter.id in read]


def _taken(stop: "Stop", word: str, day: date, ask: Ask, tell: Callable[[str], None], factor: Decimal) -> "Read | None":
    """The reading that was typed; None where it can't be, or where it was doubted and is typed anew."""
    from db.services.rounds import take

    try:
        taken = take(stop, word, day, factor)
    except EkostError as error:
        tell("  " + filled(error.message, error.fields))
        if error.hint:
            tell("  " + filled(error.hint, error.fields))
        return None
    if taken.usage is None:
        return taken.read
    if stop.changed_hands:
        tell("  " + _("Somebody moved in or out since then, and nobody read the meter: who lives there pays for all."))
    tell(f"  + {number(taken.usage)} {stop.meter.unit}")
    if taken.doubtful:
        sure = ask("  " + _("That is much more than usual. Type it once more if it is right:"))
        again = (sure or "").strip().lower()
        if again != word:
            return None if again in {"", STOP, BACK} else _taken(stop, again, day, ask, tell, factor)
    return taken.read


def _prompt(stop: "Stop", before: "Read | None", place: int, count: int) -> str:
    meter = stop.meter
    told = [f"[{place + 1}/{count}]", meter.name, stop.tenants or "-", f"{status_word(meter.kind)} ({meter.unit})"]
    if meter.last is not None and meter.last_on is not None:
        told.append(f"{number(meter.last)} {date_short(meter.last_on)}")
    if before is not None:
        told.append(f"→ {number(before.value)}")
    return "  ".join(told) + ":"


def _preview(ekost: Context, reads: "Sequence[Read]", day: date) -> None:
    from db.repositories.meters import Meters
    from db.services.readings import post_readings

    with ekost.database.transaction(dry_run=True) as conn:
        rows = Meters(conn).under(post_readings(conn, reads, day))
    shown = ("room", "tenants", "previous", "value", "usage", "amount")
    ekost.show_list(rows, tuple(field for field in utilities.READINGS if field.name in shown))


def _post(ekost: Context, reads: "Sequence[Read]", day: date) -> None:
    from db.repositories.meters import Meters
    from db.services.readings import post_readings

    with ekost.transaction() as conn:
        rows = Meters(conn).under(post_readings(conn, reads, day, key=ekost.key))
        if ekost.dry_run or ekost.options.yes or not ekost.for_people:
            ekost.show_list(rows)
    charged = [row.amount for row in rows if row.amount is not None]
    ekost.note(
        ngettext("{count} reading, {bills} charged.", "{count} readings, {bills} charged.", len(rows)).format(
            count=len(rows), bills=len(charged)
        )
    )


def _ask(prompt: str) -> str | None:
    """A line of standard input; None at its end, and where there is none that could be read."""
    sys.stderr.write(safe(prompt) + " ")
    sys.stderr.flush()
    try:
        line = sys.stdin.readline() if sys.stdin is not None else ""
    except OSError:
        line = ""
    return line.rstrip("\n") if line else None


def _tell(text: str) -> None:
    sys.stderr.write(safe(text) + "\n")
