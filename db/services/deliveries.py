"""Dead deliveries: try one again, or give it up with a reason."""

from sqlalchemy import Connection, func, select, update

from db.domain.texts import clean
from db.errors import N_, NotFoundError, RuleError
from db.events import Event, append
from db.tables import deliveries

_d = deliveries.c


class DeliveryNotFoundError(NotFoundError):
    """The event has no such delivery."""

    code = "delivery_not_found"
    message = N_("Event {id} has no delivery to {consumer}.")
    hint = N_("`ekost jobs list` shows what is not settled.")


class DeliveryNotDeadError(RuleError):
    """Only dead deliveries are for a person to decide."""

    code = "delivery_not_dead"
    message = N_("This job is not dead: it is {state}.")
    hint = N_("Workers go on with it by themselves.")


def retry_delivery(conn: Connection, event_id: int, consumer: str) -> None:
    """Give a dead delivery all its attempts again. Raises DeliveryNotFoundError, DeliveryNotDeadError."""
    _lock_dead(conn, event_id, consumer)
    _change(conn, event_id, consumer, state="ready", attempts=0, not_before=func.now())


def discard_delivery(conn: Connection, event_id: int, consumer: str, reason: str) -> None:
    """Settle a dead delivery without its effect; that itself is audited. Raises as `retry_delivery`."""
    why = clean(reason, "reason", 500)
    _lock_dead(conn, event_id, consumer)
    _change(conn, event_id, consumer, state="discarded", discard_reason=why)
    payload = {"eventId": event_id, "consumer": consumer, "reason": why}
    append(conn, Event("DeliveryDiscarded", "delivery", event_id, payload))


def _lock_dead(conn: Connection, event_id: int, consumer: str) -> None:
    mine = (_d.event_id == event_id, _d.consumer == consumer)
    state = conn.execute(select(_d.state).where(*mine).with_for_update()).scalar()
    if state is None:
        raise DeliveryNotFoundError(id=event_id, consumer=consumer)
    if state != "dead":
        raise DeliveryNotDeadError(state=state)


def _change(conn: Connection, event_id: int, consumer: str, **values: object) -> None:
    conn.execute(update(deliveries).where(_d.event_id == event_id, _d.consumer == consumer).values(**values))
