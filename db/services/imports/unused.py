"""Take back tenants and rooms that an import added: only those on which nothing has been built since.

All of them or none: half a list of tenants would be worse than a wrong one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, text

from db.errors import N_, RuleError
from db.repositories.leases import tenant_leases
from db.repositories.lookup import MOST_CANDIDATES, find_room, find_tenant
from db.services.deposits import take_back_deposit
from db.services.moves import move_out
from db.services.reversals import void_charge
from db.services.rooms import archive_room
from db.services.tenants import archive_tenant, edit_tenant
from db.tables import charges


class ImportInUseError(RuleError):
    """Something was built on what the import added."""

    code = "import_in_use"
    message = N_("Import {id} can't be undone: in use are {refs}.")
    hint = N_("Archive the others one by one, or correct those there are.")


# Money came in, or something was charged that the import did not charge; or a second lease was signed.
_TENANTS = """
select t.id, p.code || '/' || t.code as ref,
       exists (select from payments x where x.tenant_id = t.id)
       or exists (select from deposit_entries x where x.tenant_id = t.id and not x.opening)
       or exists (select from charges x where x.tenant_id = t.id
                     and (x.kind not in ('rent', 'opening') or x.reverses_id is not null))
       or (select count(*) from leases x where x.tenant_id = t.id) > 1 as used
  from import_rows i join tenants t on t.id = i.entry_id join properties p on p.id = t.property_id
 where i.import_id = :import_id and t.deleted_at is null order by t.id
"""

_ROOMS = """
select r.id, p.code || '/' || r.number as ref, exists (select from leases x where x.room_id = r.id) as used
  from import_rows i join rooms r on r.id = i.entry_id join properties p on p.id = r.property_id
 where i.import_id = :import_id and r.deleted_at is null order by r.id
"""


def archive_tenants(conn: Connection, import_id: int) -> int:
    """End their leases as if they had never begun, and archive them. Returns how many. Raises ImportInUseError.

    Their codes are given free, so that the mended file can be imported.
    """
    found = _unused(conn, _TENANTS, import_id)
    for row in found:
        tenant = find_tenant(conn, str(row.id))
        for lease in tenant_leases(conn, tenant.id):
            move_out(conn, tenant, lease.starts_on)
        for charge_id in _opening(conn, tenant.id):
            void_charge(conn, charge_id, f"import {import_id}")
        take_back_deposit(conn, tenant, f"import {import_id}")
        edit_tenant(conn, tenant, {"code": f"UNDONE-{tenant.id}"})
        archive_tenant(conn, tenant)
    return len(found)


def archive_rooms(conn: Connection, import_id: int) -> int:
    """Archive rooms that nobody has ever lived in. Returns how many. Raises ImportInUseError."""
    found = _unused(conn, _ROOMS, import_id)
    for row in found:
        archive_room(conn, find_room(conn, row.ref))
    return len(found)


def _unused(conn: Connection, query: str, import_id: int) -> Sequence[Row[Any]]:
    found = conn.execute(text(query), {"import_id": import_id}).all()
    used = [row.ref for row in found if row.used]
    if used:
        more = ", …" if len(used) > MOST_CANDIDATES else ""
        raise ImportInUseError(id=import_id, refs=", ".join(used[:MOST_CANDIDATES]) + more)
    return found


def _opening(conn: Connection, tenant_id: int) -> Sequence[int]:
    c = charges.c
    return conn.execute(select(c.id).where(c.tenant_id == tenant_id, c.kind == "opening")).scalars().all()
