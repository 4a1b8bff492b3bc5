"""The columns of meters, their readings, tariffs and closing statements, the same for commands and screens."""

from locales.catalogs import N_
from locales.fields import Field

METERS = (
    Field("id", N_("Number"), "int", wide=True),
    Field("property", N_("Property")),
    Field("room", N_("Room")),
    Field("kind", N_("Kind"), "status"),
    Field("value", N_("Last reading"), "number"),
    Field("unit", N_("Unit")),
    Field("read_on", N_("Read on"), "date"),
    Field("tenant", N_("Tenant")),
    Field("serial", N_("Serial number"), wide=True),
    Field("position", N_("Place in the round"), "int", wide=True),
    Field("retired_on", N_("Out of use since"), "date", wide=True),
    Field("created_at", N_("Added"), "instant", wide=True),
)
READINGS = (
    Field("id", N_("Number"), "int"),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("kind", N_("Kind"), "status"),
    Field("read_on", N_("Read on"), "date"),
    Field("previous", N_("Before"), "number"),
    Field("value", N_("Reading"), "number"),
    Field("usage", N_("Usage"), "number"),
    Field("unit", N_("Unit"), wide=True),
    Field("price", N_("Price"), "money", wide=True),
    Field("amount", N_("Charged"), "money"),
    Field("tenants", N_("To whom")),
    Field("old_last", N_("Old meter's last"), "number", wide=True),
    Field("new_first", N_("New meter's first"), "number", wide=True),
    Field("state", N_("State"), "status", wide=True),
    Field("reason", N_("Taken back because"), wide=True),
    Field("meter_id", N_("Number of the meter"), "int", wide=True),
    Field("actor", N_("By whom"), wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
TARIFFS = (
    Field("id", N_("Number"), "int", wide=True),
    Field("property", N_("Property")),
    Field("kind", N_("Kind"), "status"),
    Field("effective_on", N_("From"), "date"),
    Field("mode", N_("How"), "status"),
    Field("amount", N_("Amount"), "money"),
    Field("actor", N_("By whom"), wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
STATEMENT = (
    Field("number", N_("Number"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property")),
    Field("room", N_("Room")),
    Field("moved_in_on", N_("In since"), "date"),
    Field("closed_on", N_("Out on"), "date"),
    Field("balance_before", N_("Open before"), "money"),
    Field("posted", N_("Added by leaving"), "money"),
    Field("owed", N_("Owed"), "money"),
    Field("deposit_before", N_("Deposit"), "money"),
    Field("deposit_applied", N_("Paid out of the deposit"), "money"),
    Field("deposit_refunded", N_("Deposit given back"), "money"),
    Field("credit_refunded", N_("Overpayment given back"), "money"),
    Field("refund_due", N_("To be paid out"), "money"),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("unread", N_("Meters not read"), "nested"),
    Field("lines", N_("Lines"), "nested"),
)
STATEMENT_LINES = (
    Field("what", N_("What")),
    Field("period", N_("Period")),
    Field("amount", N_("Amount"), "money"),
)
