"""The meters of a round, and what is said of each."""

from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.fields import Field
from locales.formats import date_short, money, number
from locales.safe import safe
from locales.statuses import status_word
from tui.rounds import Round
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from db.repositories.meters import Stop

FIELDS = (
    Field("room", N_("Room")),
    Field("tenants", N_("Tenants")),
    Field("kind", N_("Kind"), "status"),
    Field("last_on", N_("Read on"), "date"),
    Field("last", N_("Before"), "number"),
    Field("value", N_("Reading"), "number"),
    Field("usage", N_("Usage"), "number"),
    Field("amount", N_("Charged"), "money"),
)
COLUMNS = picked(FIELDS, room=0, tenants=(2, 24), kind=3, last_on=4, last=0, value=0, usage=1, amount=1)


def stop_told(stop: "Stop") -> str:
    """Where, whose, and what it showed last."""
    meter = stop.meter
    told = [safe(meter.name), safe(stop.tenants) or "-", f"{status_word(meter.kind)} ({meter.unit})"]
    if meter.last is not None and meter.last_on is not None:
        told.append(f"{number(meter.last)} {date_short(meter.last_on)}")
    return "  ".join(told)


def made_of(round_: Round, stop: "Stop") -> str:
    """What was made of what was typed at a meter, or what is to be known before."""
    row = next((row for row in round_.rows() if row.meter_id == stop.meter.id), None)
    if row is not None and row.usage is not None:
        cost = "" if row.amount is None else f" = {money(row.amount, row.currency)}"
        return f"+ {number(row.usage)} {row.unit}{cost}"
    if stop.changed_hands:
        return _("Somebody moved in or out since then, and nobody read the meter: who lives there pays for all.")
    return ""
