"""SQLAlchemy Core tables, one file per subject."""

from db.tables.audit import audit_head, audit_log
from db.tables.bank import (
    bank_accounts,
    bank_lines,
    bank_living,
    bank_match_voids,
    bank_matches,
    bank_rules,
    bank_statements,
)
from db.tables.base import metadata
from db.tables.closings import balance_closings, balance_drifts
from db.tables.expenses import cash_confirmations, cash_handovers, cash_received, cash_voids, expenses
from db.tables.imports import import_chunks, import_errors, import_rows, imports
from db.tables.leases import lease_terms, leases
from db.tables.ledger import (
    balances,
    charges,
    deposit_entries,
    payments,
    request_keys,
    reversals,
)
from db.tables.logins import logins
from db.tables.notes import inventory, inventory_checks, note_voids, notes
from db.tables.outbox import deliveries, events, schedules, workers
from db.tables.policies import property_policies
from db.tables.properties import properties, rooms, tenants
from db.tables.raises import raise_days, raise_lines, raise_undos, raises
from db.tables.receipts import receipt_numbers, receipt_prints, receipts
from db.tables.reminders import reminders
from db.tables.utilities import meter_reading_voids, meter_readings, meters, tariffs, utility_charges

__all__ = [
    "audit_head", "audit_log", "balance_closings", "balance_drifts", "balances", "bank_accounts", "bank_lines",
    "bank_living", "bank_match_voids", "bank_matches", "bank_rules", "bank_statements", "cash_confirmations",
    "cash_handovers", "cash_received", "cash_voids", "charges", "deliveries", "deposit_entries", "events",
    "expenses", "import_chunks", "import_errors", "import_rows", "imports", "inventory", "inventory_checks",
    "lease_terms", "leases", "logins", "metadata", "meter_reading_voids", "meter_readings", "meters", "note_voids",
    "notes", "payments", "properties", "property_policies", "raise_days", "raise_lines", "raise_undos", "raises",
    "receipt_numbers", "receipt_prints", "receipts", "reminders", "request_keys", "reversals", "rooms", "schedules",
    "tariffs", "tenants", "utility_charges", "workers",
]  # fmt: skip
