"""The book rebuilt from what was told: a fold over facts in their order, and how a tenant or room stood on a day.

A fact names a thing, and in `after` the values that it has since; lists in it are other things that changed with it.
Nothing but the facts is asked, so the same facts always tell the same; what none of them told stays unknown.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

Values = dict[str, Any]

# What a list in a fact holds.
_LISTS = {
    "rooms": "room", "tenants": "tenant", "leases": "lease", "charges": "charge", "payments": "payment",
    "deposits": "deposit",
}  # fmt: skip
KINDS = frozenset({"property", *_LISTS.values()})


class Fact(NamedTuple):
    """A thing that was told of, the property and tenant that it concerns, and the values that it has since."""

    entity_type: str
    entity_id: int
    property_id: int | None
    tenant_id: int | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Book:
    """Every thing that was ever told of, by kind and number, with its values as they were last told."""

    things: Mapping[str, dict[int, Values]] = field(default_factory=lambda: {kind: {} for kind in sorted(KINDS)})

    def learn(self, kind: str, number: int, values: Mapping[str, Any], fact: Fact) -> None:
        """Take over what a fact tells of one thing."""
        thing = self.things[kind].setdefault(number, {})
        thing.update(values)
        for name, owner in (("propertyId", fact.property_id), ("tenantId", fact.tenant_id)):
            if owner is not None:
                thing.setdefault(name, owner)

    def house_of(self, thing: Values) -> Values:
        """The property of a thing; empty if nothing was told of it."""
        return self.things["property"].get(thing.get("propertyId", 0), {})

    def of_tenant(self, kind: str, tenant_id: int) -> Iterator[Values]:
        """The things of one tenant."""
        return (thing for thing in self.things[kind].values() if thing.get("tenantId") == tenant_id)


class Occupant(NamedTuple):
    """Who lives in a room, since when and at what rent."""

    tenant: str | None
    tenant_name: str | None
    since: date
    monthly_rent: Decimal


class TenantThen(NamedTuple):
    """A tenant as the book stood; `room`, rent and billing day are of that day's lease, or of the next one."""

    tenant: str
    tenant_name: str
    phone: str | None
    email: str | None
    property: str | None
    room: str | None
    monthly_rent: Decimal | None
    billing_day: int | None
    moved_in_on: date | None
    moved_out_on: date | None
    outstanding_balance: Decimal
    deposit_held: Decimal
    archived: bool
    currency: str | None


class RoomThen(NamedTuple):
    """A room as the book stood, with who lived there that night."""

    property: str | None
    number: str
    room_type: str | None
    monthly_rent: Decimal
    capacity: int
    occupied: int
    status: str
    basis: str
    occupants: tuple[Occupant, ...]
    archived: bool
    currency: str | None


def rebuild(facts: Iterable[Fact]) -> Book:
    """Fold the facts, in the order in which they happened, into a book."""
    book = Book()
    for fact in facts:
        values = dict(fact.after or {})
        for name, kind in _LISTS.items():
            for row in values.pop(name, ()):
                book.learn(kind, row["id"], row, fact)
        if fact.entity_type in KINDS:
            book.learn(fact.entity_type, fact.entity_id, values, fact)
    return book


def tenant_then(book: Book, tenant_id: int, day: date) -> TenantThen | None:
    """How the book told of a tenant on `day`, the last one of its facts; None when it knew nothing yet."""
    tenant = book.things["tenant"].get(tenant_id)
    if tenant is None or "code" not in tenant:
        return None
    house = book.house_of(tenant)
    stays = sorted((lease for lease in book.of_tenant("lease", tenant_id) if _was_lived(lease)), key=_start)
    stay = next((lease for lease in stays if _end(lease) is None or _end(lease) > day), None)
    terms = None if stay is None else _terms(stay, day)
    gone = stays and all(_end(lease) for lease in stays)
    return TenantThen(
        tenant["code"], tenant["name"], tenant.get("phone"), tenant.get("email"), house.get("code"),
        room=None if stay is None else book.things["room"].get(stay["roomId"], {}).get("number"),
        monthly_rent=None if terms is None else Decimal(terms["monthlyRent"]),
        billing_day=None if terms is None else terms["billingDay"],
        moved_in_on=_start(stays[0]) if stays else None,
        moved_out_on=max(map(_end, stays)) if gone else None,
        outstanding_balance=balance(book, tenant_id), deposit_held=deposit_held(book, tenant_id),
        archived=tenant.get("deletedAt") is not None, currency=house.get("currency"),
    )  # fmt: skip


def room_then(book: Book, room_id: int, day: date) -> RoomThen | None:
    """How the book told of a room on `day`; None when it knew nothing yet."""
    room = book.things["room"].get(room_id)
    if room is None or "number" not in room:
        return None
    house = book.house_of(room)
    there = sorted((lease for lease in book.things["lease"].values() if _covers(lease, room_id, day)), key=_start)
    status = "occupied" if len(there) >= room["capacity"] else "available"
    return RoomThen(
        house.get("code"), room["number"], room["roomType"], Decimal(room["monthlyRent"]), room["capacity"], len(there),
        "renovation" if room["status"] == "renovation" else status, room["basis"],
        tuple(_occupant(book, lease, day) for lease in there),
        archived=room.get("deletedAt") is not None, currency=house.get("currency"),
    )  # fmt: skip


def balance(book: Book, tenant_id: int) -> Decimal:
    """Charges minus payments of a tenant, as far as they were told (R10)."""
    return _sum(book.of_tenant("charge", tenant_id)) - _sum(book.of_tenant("payment", tenant_id))


def deposit_held(book: Book, tenant_id: int) -> Decimal:
    """Received minus applied and refunded (R8)."""
    entries = list(book.of_tenant("deposit", tenant_id))
    taken = [entry for entry in entries if entry["kind"] == "received"]
    given = [entry for entry in entries if entry["kind"] != "received"]
    return _sum(taken) - _sum(given)


def _occupant(book: Book, lease: Values, day: date) -> Occupant:
    tenant = book.things["tenant"].get(lease["tenantId"], {})
    rent = Decimal(_terms(lease, day)["monthlyRent"])
    return Occupant(tenant.get("code"), tenant.get("name"), _start(lease), rent)


def _sum(entries: Iterable[Values]) -> Decimal:
    return sum((Decimal(entry["amount"]) for entry in entries), Decimal(0))


def _start(lease: Values) -> date:
    return date.fromisoformat(lease["startsOn"])


def _end(lease: Values) -> Any:
    """The first day no longer rented, or None."""
    return None if lease["endsOn"] is None else date.fromisoformat(lease["endsOn"])


def _was_lived(lease: Values) -> bool:
    """Not called off before it began; a lease of which only a share was told is somebody else's."""
    return "startsOn" in lease and lease["endsOn"] != lease["startsOn"]


def _covers(lease: Values, room_id: int, day: date) -> bool:
    if not _was_lived(lease) or lease["roomId"] != room_id or _start(lease) > day:
        return False
    end = _end(lease)
    return end is None or end > day


def _terms(lease: Values, day: date) -> Values:
    """The rent and billing day in force on a day; before the first, the first."""
    terms: list[Values] = lease["terms"]
    found = [row for row in terms if date.fromisoformat(row["effectiveOn"]) <= day]
    return found[-1] if found else terms[0]
