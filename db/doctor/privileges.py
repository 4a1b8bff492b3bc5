"""What the login may do, and whether anybody may do too much: rewrite what has happened."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from db.doctor.finding import Finding, broken, fine
from db.errors import N_

# Only the owner and superusers may, and even they only against the triggers. Partitions have rights of their own.
_REWRITERS = """
select string_agg(distinct r.rolname, ', ' order by r.rolname)
  from pg_class c
  left join pg_inherits i on i.inhrelid = c.oid
  join pg_class parent on parent.oid = coalesce(i.inhparent, c.oid)
 cross join lateral aclexplode(c.relacl) a
  join pg_roles r on r.oid = a.grantee
 where parent.relname in ('payments', 'charges', 'reversals', 'deposit_entries', 'events', 'audit_log', 'notes',
                          'note_voids', 'inventory', 'inventory_checks', 'balance_drifts', 'meter_readings',
                          'meter_reading_voids', 'tariffs', 'utility_charges')
   and parent.relnamespace = (select relnamespace from pg_class where oid = 'properties'::regclass)
   and a.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE') and a.grantee <> c.relowner
"""

_MISSING = """
select string_agg(c.relname || ' (' || lower(p.privilege) || ')', ', ' order by c.relname)
  from pg_class c cross join unnest(array['SELECT', 'INSERT', 'UPDATE']) p (privilege)
 where c.relnamespace = (select relnamespace from pg_class where oid = 'properties'::regclass)
   and c.relkind in ('r', 'p') and not c.relispartition and not has_table_privilege(c.oid, p.privilege)
"""

_LOGIN = """
select l.grade,
       coalesce((select string_agg(code, ' ' order by code) from properties where id = any (l.property_ids)), '')
  from logins l where l.role_name = session_user
"""


def examine_privileges(conn: Connection) -> Iterator[Finding]:
    """The login's own rights, then those of everybody over history."""
    yield _own(conn)
    if rewriters := conn.execute(text(_REWRITERS)).scalar_one():
        told = N_("History may be rewritten by: {roles}.")
        hint = N_(
            "As the owner: revoke update, delete, truncate on the named roles' tables; `ekost user` gives rights."
        )
        yield broken("privileges", told, hint, roles=rewriters)


def _own(conn: Connection) -> Finding:
    role = conn.execute(text("select session_user")).scalar_one()
    if conn.execute(text("select is_owner()")).scalar_one():
        if missing := conn.execute(text(_MISSING)).scalar_one():
            told = N_("The role {role} lacks rights: {missing}.")
            hint = N_("Let the owner of the database grant them, or connect as the owner.")
            return broken("privileges", told, hint, role=role, missing=missing[:200])
        return fine("privileges", N_("The role {role} owns the book and may do everything."), role=role)
    login = conn.execute(text(_LOGIN)).first()
    if login is None:
        told = N_("The role {role} is no login of this book: it sees nothing of it.")
        return broken("privileges", told, N_("Let the owner give one: `ekost user add`."), role=role)
    return fine("privileges", N_("The login {role} is {grade}. {properties}"), role=role, grade=login[0],
                properties=login[1])  # fmt: skip
