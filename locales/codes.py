"""Words for what programs call by a name: events, queues, what the calendar does, what the doctor examines."""

from locales.catalogs import N_, _
from locales.safe import safe
from locales.telling import EVENTS

_CODES = {
    # languages
    "id": N_("Indonesian"),
    "en": N_("English"),
    # queues
    "balances": N_("balances"),
    "audit": N_("audit trail"),
    "imports": N_("imports"),
    # the cache
    "tenant-list": N_("lists of tenants"),
    "balance": N_("single balances"),
    "available-rooms": N_("free rooms"),
    "translations": N_("catalogs"),
    "names": N_("who is meant"),
    "all": N_("all together"),
    "cache": N_("cache"),
    # the calendar
    "partitions": N_("room for the coming months"),
    "billing": N_("monthly rent"),
    "refresh": N_("new day"),
    "reconcile": N_("balances against the ledger"),
    "summaries": N_("summaries"),
    "closings": N_("closing of a month"),
    "folding": N_("folding of old months"),
    "cleanup": N_("clearing up"),
    "backup": N_("backup"),
    # what a tenant who leaves gets back
    "none": N_("nothing"),
    "prorate": N_("unused days"),
    # the doctor
    "program": N_("program"),
    "languages": N_("languages"),
    "python": "Python",
    "driver": N_("database driver"),
    "timezones": N_("time zones"),
    "configuration": N_("configuration"),
    "home": N_("folder of the servers"),
    "disk": N_("disk"),
    "postgresql": "PostgreSQL",
    "valkey": "Valkey",
    "redis": "Redis",
    "replica": N_("standby"),
    "database": N_("database"),
    "version": N_("version"),
    "writable": N_("changes"),
    "encoding": N_("encoding"),
    "durability": N_("durability"),
    "clock": N_("clock"),
    "connections": N_("connections"),
    "extensions": N_("extensions"),
    "privileges": N_("privileges"),
    "queries": N_("questions"),
    "schema": N_("schema"),
    "size": N_("size"),
    "structure": N_("structure"),
    "zones": N_("zones of the properties"),
}


def code_word(code: str) -> str:
    """A name in the reader's language; one that nobody gave words yet as it is stored."""
    words = _CODES.get(code) or EVENTS.get(code)
    return _(words) if words else safe(code)
