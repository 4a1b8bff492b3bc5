"""The columns of each kind of record, the same for commands and screens: names are an API, labels are for people."""

from locales.catalogs import N_
from locales.fields import Field

TENANTS = (
    Field("id", N_("Number"), "int", wide=True),
    Field("code", N_("Code")),
    Field("name", N_("Name")),
    Field("phone", N_("Phone"), "phone", wide=True),
    Field("email", N_("E-mail"), wide=True),
    Field("property", N_("Property")),
    Field("room", N_("Room")),
    Field("monthly_rent", N_("Rent a month"), "money", wide=True),
    Field("moved_in_on", N_("In since"), "date", wide=True),
    Field("moved_out_on", N_("Out on"), "date", wide=True),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("created_at", N_("Added"), "instant", wide=True),
)
TENANT = (
    *TENANTS,
    Field("status", N_("Status"), "status"),
    Field("paid_through_on", N_("Paid through"), "date"),
    Field("oldest_due_on", N_("Oldest due"), "date"),
    Field("days_overdue", N_("Days overdue"), "int"),
    Field("deposit_held", N_("Deposit held"), "money"),
    Field("national_id", N_("National id")),
    Field("emergency_name", N_("Emergency contact")),
    Field("emergency_phone", N_("Emergency phone"), "phone"),
    Field("version", N_("Version"), "int"),
)
PAYMENTS = (
    Field("id", N_("Number"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("property", N_("Property"), wide=True),
    Field("payment_date", N_("Date"), "date"),
    Field("amount", N_("Amount"), "money"),
    Field("method", N_("Method"), "status"),
    Field("reference", N_("Reference"), wide=True),
    Field("note", N_("Note"), wide=True),
    Field("import_id", N_("Import"), "int", wide=True),
    Field("reversed_by", N_("Reversed by"), "int"),
    Field("created_at", N_("Recorded"), "instant", wide=True),
    Field("reverses_id", N_("Reverses"), "int", wide=True),
)
BALANCES = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("monthly_rent", N_("Rent a month"), "money", wide=True),
    Field("total_charges", N_("Charges"), "money", wide=True),
    Field("total_payments", N_("Payments"), "money", wide=True),
    Field("outstanding_balance", N_("Balance"), "money"),
    Field("paid_through_on", N_("Paid through"), "date"),
    Field("oldest_due_on", N_("Oldest due"), "date", wide=True),
    Field("days_overdue", N_("Days late"), "int"),
    Field("status", N_("Status"), "status"),
    Field("calculated_at", N_("As of"), "instant", wide=True),
)
AGING = (
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("property", N_("Property"), wide=True),
    Field("not_due", N_("Not yet due"), "money", wide=True),
    Field("d1_30", N_("1-30 days"), "money"),
    Field("d31_60", N_("31-60 days"), "money"),
    Field("d61_90", N_("61-90 days"), "money"),
    Field("over_90", N_("Over 90 days"), "money"),
    Field("credit", N_("Credit"), "money", wide=True),
    Field("total", N_("Balance"), "money"),
)
ROOMS = (
    Field("id", N_("Number"), "int", wide=True),
    Field("property", N_("Property")),
    Field("number", N_("Room")),
    Field("room_type", N_("Type"), wide=True),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("capacity", N_("Beds"), "int"),
    Field("occupied", N_("Taken"), "int"),
    Field("status", N_("Status"), "status"),
    Field("basis", N_("Rent per"), "status", wide=True),
    Field("created_at", N_("Added"), "instant", wide=True),
)
IMPORTS = (
    Field("id", N_("Number"), "int"),
    Field("kind", N_("What"), "status"),
    Field("file_name", N_("File")),
    Field("file_hash", N_("Hash"), wide=True),
    Field("state", N_("State"), "status"),
    Field("rows_total", N_("Rows"), "int"),
    Field("rows_applied", N_("Applied"), "int"),
    Field("rows_skipped", N_("Skipped"), "int"),
    Field("rows_rejected", N_("Rejected"), "int"),
    Field("created_at", N_("Begun"), "instant", wide=True),
    Field("finished_at", N_("Finished"), "instant", wide=True),
)
IMPORT_ERRORS = (
    Field("line", N_("Line"), "int"),
    Field("column", N_("Column")),
    Field("code", N_("Code"), wide=True),
    Field("message", N_("What is wrong")),
    Field("value", N_("Value"), wide=True),
)
JOBS = (
    Field("id", N_("Job")),
    Field("queue", N_("Queue"), "code", wide=True),
    Field("state", N_("State"), "status"),
    Field("subject", N_("About"), "code"),
    Field("attempts", N_("Attempts"), "int"),
    Field("max_attempts", N_("At most"), "int", wide=True),
    Field("error", N_("Error")),
    Field("next_at", N_("Next"), "instant", wide=True),
    Field("key", N_("Key"), wide=True),
    Field("created_at", N_("Since"), "instant"),
    Field("done_at", N_("Done"), "instant", wide=True),
    Field("discard_reason", N_("Given up because"), wide=True),
)
DEPOSITS = (
    Field("id", N_("Number"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name"), wide=True),
    Field("property", N_("Property"), wide=True),
    Field("entry_on", N_("Date"), "date"),
    Field("kind", N_("Kind"), "status"),
    Field("amount", N_("Amount"), "money"),
    Field("held", N_("Deposit held"), "money"),
    Field("payment_id", N_("Payment"), "int", wide=True),
    Field("note", N_("Note"), wide=True),
    Field("created_at", N_("Recorded"), "instant", wide=True),
)
LEASES = (
    Field("id", N_("Number"), "int"),
    Field("tenant", N_("Tenant")),
    Field("tenant_name", N_("Name")),
    Field("property", N_("Property"), wide=True),
    Field("room", N_("Room")),
    Field("starts_on", N_("From"), "date"),
    Field("ends_on", N_("Until"), "date"),
    Field("monthly_rent", N_("Rent a month"), "money"),
    Field("billing_day", N_("Billing day"), "int"),
    Field("next_period_on", N_("Next period"), "date", wide=True),
    Field("basis", N_("Rent per"), "status", wide=True),
)
FINDINGS = (
    Field("check", N_("Examined"), "code"),
    Field("status", N_("Status"), "status"),
    Field("message", N_("Finding")),
    Field("hint", N_("Way out")),
)
VIOLATIONS = (
    Field("check", N_("Check")),
    Field("entity", N_("Thing")),
    Field("id", N_("Number")),
    Field("detail", N_("What is wrong")),
)
