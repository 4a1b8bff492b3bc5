"""Questions about cash in the hands of people, and how it went from one to another."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, Select, Text, bindparam, case, func, select, text

from db.domain.cash import Standing
from db.errors import N_, NotFoundError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import cash_confirmations, cash_handovers, cash_voids, properties


class HandoverNotFoundError(NotFoundError):
    """No handover has this number."""

    code = "handover_not_found"
    message = N_("There is no handover {id}.")
    hint = N_("`ekost cash list` shows the numbers.")


class HeldRow(NamedTuple):
    """One person's cash of a property, in its currency: what came in and went out, and what is `held` by now.

    `difference` is what counts have found too much (or too little, < 0); `pending` waits to be confirmed, and is held.
    """

    actor: str
    property: str
    received: Decimal
    spent: Decimal
    taken_over: Decimal
    handed_over: Decimal
    difference: Decimal
    pending: Decimal
    held: Decimal
    currency: str


class HandoverRow(NamedTuple):
    """Cash that went from `giver` to `receiver`, or was only counted. `variance` is counted less expected; `signer`
    confirms it, or has done so."""

    id: int
    property: str
    handed_on: date
    kind: str
    giver: str
    receiver: str | None
    amount: Decimal | None
    expected: Decimal
    counted: Decimal | None
    variance: Decimal | None
    state: str
    signer: str | None
    confirmed_on: date | None
    note: str | None
    reason: str | None
    actor: str
    created_at: datetime
    currency: str
    timezone: str


_STANDINGS = text("""
select s.holder, p.code, s.received, s.spent, s.taken_over, s.handed_over, s.difference, s.pending, s.held, p.currency
  from cash_standings(:property_id, :holder, :as_of) s join properties p on p.id = s.property_id
 order by p.code, s.holder
""").bindparams(
    bindparam("property_id", type_=BigInteger), bindparam("holder", type_=Text), bindparam("as_of", type_=Date)
)

_h, _c, _v, _p = cash_handovers.c, cash_confirmations.c, cash_voids.c, properties.c
_KIND = case((_h.receiver.is_(None), "count"), else_="handover")
_STATE = case(
    (_v.handover_id.is_not(None), "voided"),
    (_h.receiver.is_(None), "done"),
    (_c.handover_id.is_not(None), "confirmed"),
    else_="pending",
)
_SIGNER = func.coalesce(_c.actor, case((_h.actor == _h.receiver, _h.giver), else_=_h.receiver))
_COLUMNS = (
    _h.id, _p.code, _h.handed_on, _KIND, _h.giver, _h.receiver, _h.amount, _h.expected, _h.counted, _h.variance,
    _STATE, _SIGNER, _c.confirmed_on, _h.note, _v.reason, _h.actor, _h.created_at, _p.currency, _p.timezone,
)  # fmt: skip


class Cash:
    """Cash and its handovers, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def held(
        self, *, property_id: int | None = None, holder: str | None = None, as_of: date | None = None
    ) -> list[HeldRow]:
        """Who holds how much of each property, at the end of `as_of` or now."""
        values = {"property_id": property_id, "holder": holder, "as_of": as_of}
        return [HeldRow._make(row) for row in self._conn.execute(_STANDINGS, values)]

    def standing(self, property_id: int, holder: str) -> Standing:
        """One person's cash of one property; nothing at all where there was never any."""
        found = self.held(property_id=property_id, holder=holder)
        return Standing(*(getattr(found[0], name) for name in Standing._fields)) if found else Standing()

    def page(
        self,
        *,
        property_id: int | None = None,
        pending: bool = False,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[HandoverRow]:
        """A page of handovers and counts, the latest first; with `pending` only what waits to be confirmed."""
        query = _query()
        if property_id is not None:
            query = query.where(_h.property_id == property_id)
        if pending:
            query = query.where(_STATE == "pending")
        keyset, scope = Keyset([_h.id], descending=True), (property_id, pending)
        return read_page(self._conn, query, keyset, HandoverRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, handover_id: int) -> HandoverRow:
        """One handover or count. Raises HandoverNotFoundError."""
        found = self._conn.execute(_query().where(_h.id == handover_id)).first()
        if found is None:
            raise HandoverNotFoundError(id=handover_id)
        return HandoverRow._make(found)


def _query() -> Select[Any]:
    query = select(*_COLUMNS).join_from(cash_handovers, properties, _p.id == _h.property_id)
    query = query.outerjoin(cash_confirmations, _c.handover_id == _h.id)
    return query.outerjoin(cash_voids, _v.handover_id == _h.id)
