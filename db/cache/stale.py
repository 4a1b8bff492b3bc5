"""Which subjects an event changes. Of an event that nobody has thought of, all."""

from collections.abc import Iterable

from db.cache.keys import HOUSES, LEDGERS, LISTS, SUBJECTS, ledger_of

# Nothing of what is kept shows these.
_ELSEWHERE = frozenset(
    {
        "NoteAdded", "NoteVoided", "ItemAdded", "InventoryChecked", "ItemRemoved", "DeliveryDiscarded",
        "MeterAdded", "MeterRetired", "MetersRead", "ReadingVoided", "TariffSet",
        "PartitionDetached", "PartitionAttached", "ImportDiscarded",
    }
)  # fmt: skip
# Money of one tenant: their balance, and the lists in which it stands.
_MONEY = frozenset(
    {
        "PaymentRecorded", "ChargePosted", "EntryReversed", "BalanceCalculated", "DepositReceived", "DepositApplied",
        "DepositRefunded",
    }
)  # fmt: skip
_BULK = frozenset({"ChargesPosted", "PaymentsReversed", "BalancesCalculated"})
_ROOM = frozenset({"RoomStatusChanged"})

Change = tuple[str, int | None]


def subjects_of(changes: Iterable[Change]) -> set[str]:
    """The subjects that events changed, each given by its type and tenant."""
    found: set[str] = set()
    for type_, tenant_id in changes:
        found |= _subjects(type_, tenant_id)
    return found


def _subjects(type_: str, tenant_id: int | None) -> frozenset[str]:
    if type_ in _ELSEWHERE:
        return frozenset()
    if type_ in _ROOM:
        return frozenset({HOUSES})
    if type_ in _MONEY:
        return frozenset({LISTS, LEDGERS if tenant_id is None else ledger_of(tenant_id)})
    if type_ in _BULK:
        return frozenset({LISTS, LEDGERS})
    return SUBJECTS
