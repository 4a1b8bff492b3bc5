"""Reminders that were sent: written down once, so that nobody is asked twice on a day, nor twice for the same stage."""

from sqlalchemy import Connection, insert

from db.domain.reminders import CHANNELS
from db.errors import N_, RuleError, UsageError
from db.events import Event, append, reserve_event
from db.repositories.lookup import TenantRef
from db.repositories.reminders import ReminderRow, Reminders
from db.repositories.values import REMINDER, told
from db.services.guard import refusing
from db.services.leases import lock_tenant
from db.tables import reminders

# Whoever does not wait for the tenant is refused by these.
_ONCE = ("reminders_once_a_day", "reminders_charge_once", "reminders_rent_once")


class NotDueError(RuleError):
    """No stage is reached that was not sent, or one was sent today."""

    code = "reminder_not_due"
    message = N_("{ref} is not to be reminded today.")
    hint = N_("`ekost reminder history {ref}` tells what was sent; `ekost reminder show {ref}` gives the text anyway.")


class ChannelError(UsageError):
    """Not a way by which reminders go."""

    code = "reminder_channel"
    message = N_("{value} is no channel.")
    hint = N_("Use whatsapp, email, sms or other.")


def send_reminder(conn: Connection, tenant: TenantRef, channel: str | None = None) -> tuple[ReminderRow, str]:
    """Write down that a tenant is reminded now, of what `Reminders` says; returns it, and the channel.

    Without `channel` it is whatsapp where the tenant has a phone, else email. Raises NotDueError, ChannelError.
    """
    lock_tenant(conn, tenant.id)
    due = Reminders(conn).of_tenant(tenant)
    if due.stage is None:
        raise NotDueError(ref=tenant.code)
    by = channel or ("other" if due.contact == "no_contact" else due.contact)
    if by not in CHANNELS:
        raise ChannelError(value=by[:40])
    event_id = reserve_event(conn)
    row = {
        "property_id": due.property_id, "tenant_id": due.tenant_id, "charge_id": due.charge_id,
        "lease_id": due.lease_id, "period_start": due.period_start if due.lease_id else None, "stage": due.stage,
        "due_on": due.due_on, "amount": due.amount, "channel": by, "sent_on": due.today, "event_id": event_id,
    }  # fmt: skip
    refused = NotDueError(ref=tenant.code)
    with refusing(
        conn, dict.fromkeys(("reminders_once_a_day", "reminders_charge_once", "reminders_rent_once"), refused)
    ):
        sent = conn.execute(insert(reminders).values(row).returning(reminders)).one()
    payload = {"kind": due.kind, "amount": due.amount, "date": due.today, "after": told(REMINDER, sent._mapping)}
    event = Event("ReminderSent", "reminder", sent.id, payload, due.property_id, due.tenant_id)
    append(conn, event, event_id=event_id)
    return due, by
