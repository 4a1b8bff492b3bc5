"""The columns of the reports, for commands and screens alike."""

from locales import records
from locales.catalogs import N_
from locales.fields import Field

_BUCKETS = tuple(field for field in records.AGING if field.kind == "money" and field.name not in ("credit", "total"))
# Of properties, and of all of them together.
_HOUSE = Field("property", N_("Property"), "house")
ARREARS = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("phone", N_("Phone"), "phone"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("overdue", N_("Overdue"), "money"),
    Field("oldest_due_on", N_("Oldest due"), "date", wide=True),
    Field("days_overdue", N_("Days late"), "int"),
    *(field._replace(wide=True) for field in _BUCKETS),
)
AGING = (
    _HOUSE,
    Field("tenants", N_("Tenants"), "int", wide=True),
    *(field._replace(wide=field.name == "not_due") for field in _BUCKETS),
    Field("credit", N_("Credit"), "money", wide=True),
    Field("total", N_("Balance"), "money"),
    Field("currency", N_("Currency"), wide=True),
)
CHANGED = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("before", N_("Before"), "money"),
    Field("after", N_("After"), "money"),
    Field("difference", N_("Difference"), "money"),
    Field("change", N_("Change"), "status"),
)
_FLOWS = (
    _HOUSE,
    Field("received", N_("Received"), "money"),
    Field("refunded", N_("Paid back"), "money", wide=True),
    Field("spent", N_("Spent"), "money"),
    Field("net", N_("Net"), "money"),
    Field("moved", N_("Moved"), "money", wide=True),
    Field("deposits_in", N_("Deposits taken"), "money", wide=True),
    Field("deposits_out", N_("Deposits returned"), "money", wide=True),
    Field("currency", N_("Currency"), wide=True),
)
CASH = (Field("period", N_("Period"), "date"), *_FLOWS)
CASH_BY_WORD = (Field("word", N_("What"), "status"), *_FLOWS)
INCOME = (
    Field("month", N_("Month"), "date"),
    _HOUSE,
    Field("rent", N_("Rent"), "money"),
    Field("utilities", N_("Utilities"), "money", wide=True),
    Field("late_fees", N_("Late fees"), "money", wide=True),
    Field("other", N_("Other"), "money", wide=True),
    Field("credits", N_("Credits"), "money", wide=True),
    Field("income", N_("Income"), "money"),
    Field("expenses", N_("Expenses"), "money"),
    Field("net", N_("Net"), "money"),
    Field("currency", N_("Currency"), wide=True),
)
ROLL = (
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("bed", N_("Bed"), "int", wide=True),
    Field("room_type", N_("Type"), wide=True),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("starts_on", N_("From"), "date"),
    Field("ends_on", N_("Until"), "date", wide=True),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("list_rent", N_("Price"), "money", wide=True),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("paid_through_on", N_("Paid through"), "date"),
    Field("status", N_("Status"), "status"),
)
SUMS = (
    _HOUSE,
    Field("beds", N_("Beds"), "int"),
    Field("let", N_("Let"), "int"),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("vacant_rent", N_("Price of free beds"), "money"),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("currency", N_("Currency"), wide=True),
)
OCCUPANCY = (
    Field("month", N_("Month"), "date"),
    _HOUSE,
    Field("available", N_("Nights"), "int"),
    Field("let", N_("Let"), "int"),
    Field("vacant", N_("Free"), "int"),
    Field("renovation", N_("In renovation"), "int"),
    Field("occupancy", N_("Occupancy"), "percent"),
)
BY_ROOM = (OCCUPANCY[1], Field("room", N_("Room")), *OCCUPANCY[2:])
