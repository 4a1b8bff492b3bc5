"""What the audit is told of a book that came in: each property as it stands, so that it can be rebuilt from there.

Entries of the ledger need none of it: they name the events that brought them.
"""

from sqlalchemy import Connection

from db.events import append_selected, appending

_STANDING = appending("""
select 'BookCarriedOver' as type, 'property' as entity_type, p.id as entity_id, p.id as property_id,
       null::bigint as tenant_id, p.id as place, jsonb_build_object('after', jsonb_build_object(
    'code', p.code, 'name', p.name, 'address', p.address, 'currency', p.currency, 'timezone', p.timezone,
    'billingDay', p.billing_day, 'graceDays', p.grace_days, 'proration', p.proration, 'rounding', p.rounding::text,
    'archivedAt', p.archived_at,
    'rooms', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', r.id, 'number', r.number, 'roomType', r.room_type, 'monthlyRent', r.monthly_rent::text,
       'capacity', r.capacity, 'basis', r.basis, 'status', r.status, 'deletedAt', r.deleted_at) order by r.id), '[]')
     from rooms r where r.property_id = p.id),
    'tenants', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', t.id, 'code', t.code, 'name', t.name, 'phone', t.phone, 'email', t.email,
       'nationalId', left(t.national_id, 4) || repeat('*', 10) || right(t.national_id, 2),
       'emergencyName', t.emergency_name, 'emergencyPhone', t.emergency_phone, 'deletedAt', t.deleted_at)
       order by t.id), '[]')
     from tenants t where t.property_id = p.id),
    'leases', (select coalesce(jsonb_agg(jsonb_build_object(
       'id', l.id, 'tenantId', l.tenant_id, 'roomId', l.room_id, 'slot', l.slot, 'startsOn', l.starts_on,
       'endsOn', l.ends_on, 'basis', l.basis, 'graceDays', l.grace_days, 'proration', l.proration,
       'rounding', l.rounding::text, 'billedFromOn', l.billed_from_on,
       'terms', (select jsonb_agg(jsonb_build_object('effectiveOn', lt.effective_on,
                                                     'monthlyRent', lt.monthly_rent::text,
                                                     'billingDay', lt.billing_day) order by lt.effective_on)
                   from lease_terms lt where lt.lease_id = l.id)) order by l.id), '[]')
     from leases l where l.property_id = p.id))) as payload
  from properties p
""")


def carry_over(conn: Connection) -> None:
    """Tell how every property stands, archived ones too."""
    append_selected(conn, _STANDING, ["BookCarriedOver"], {})
