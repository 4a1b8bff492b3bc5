"""Whom the rows of a file mean: each name or code is looked up once, by the rules of the command line.

Only one thing is stricter: a part of a name is not enough. `Budi` on a terminal may find Budiman and show him;
in a file of a thousand rows nobody would look.
"""

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.repositories.imports import ImportRow
from db.repositories.lookup import MOST_CANDIDATES, AmbiguousError, PropertyNotFoundError, TenantNotFoundError
from db.services.imports.layout import cell
from db.services.imports.tables import share, stage_table, tenants_table, values_table

_CREATE = """
create table {tenants} (
  ref text, place text, tenant_id bigint, property_id bigint, today date, part smallint, code text, fields jsonb,
  blamed text
)
"""

_REFS = """
create temporary table import_refs on commit drop as
select distinct {tenant} as ref, {property} as place from {stage} s where s.cells is null
"""

_RESOLVE = """
with named as (
  select r.ref, r.place, coalesce(v.value, btrim(r.ref)) as name, v.code as broken, v.fields as broken_fields,
         coalesce(nullif(upper(btrim(r.place)), ''), :default_code) as property_code
    from import_refs r left join {values} v on v.field = 'tenant' and v.ref = r.ref
), wanted as (
  select n.*, p.id as property_id, case when n.name ~ '^[0-9]{{1,18}}$' then n.name::bigint end as number
    from named n left join properties p on p.code = n.property_code and p.archived_at is null
), hits as (
  select w.ref, w.place, 1 as rank, t.id from wanted w join tenants t on t.id = w.number
   where t.deleted_at is null and (w.property_code is null or t.property_id = w.property_id)
  union all
  select w.ref, w.place, 2, t.id from wanted w join tenants t on t.code = upper(w.name)
   where w.number is null and t.deleted_at is null and (w.property_code is null or t.property_id = w.property_id)
  union all
  select w.ref, w.place, 3, t.id from wanted w join tenants t on t.name_key = lower(w.name)
   where w.number is null and t.deleted_at is null and (w.property_code is null or t.property_id = w.property_id)
), best as (
  select ref, place, array_agg(id order by id) as ids
    from (select h.*, min(rank) over (partition by ref, place) as first from hits h) ranked
   where rank = first group by ref, place
), judged as (
  select w.*, b.ids, case when w.broken is not null then w.broken
                          when w.property_code is not null and w.property_id is null then :property_not_found
                          when b.ids is null then :tenant_not_found
                          when cardinality(b.ids) > 1 then :ambiguous end as code
    from wanted w left join best b using (ref, place)
)
insert into {tenants}
select j.ref, j.place, t.id, t.property_id, business_date(p.timezone),
       case when t.id is not null then ntile(:parts) over (partition by t.id is null order by t.id) - 1 end, j.code,
       case j.code when j.broken then j.broken_fields
                   when :property_not_found then jsonb_build_object('ref', left(j.property_code, 40))
                   when :tenant_not_found then jsonb_build_object('ref', left(j.name, 80))
                   when :ambiguous then jsonb_build_object('ref', left(j.name, 80), 'candidates', who.names) end,
       case when j.code = :property_not_found and j.place <> '' then 'property' else 'tenant' end
  from judged j
  left join tenants t on j.code is null and t.id = j.ids[1]
  left join properties p on p.id = t.property_id
  left join lateral (
    select string_agg(format('%s/%s (%s)', q.code, x.code, x.name), ', ' order by x.name_key, x.id)
           || case when cardinality(j.ids) > :most then ', …' else '' end as names
      from tenants x join properties q on q.id = x.property_id
     where j.code = :ambiguous and x.id = any (j.ids[1 : :most])) who on true
"""


def collect_refs(conn: Connection, row: ImportRow, header: Header) -> None:
    """Make the temporary table `import_refs` of all different texts that mean a tenant, with the property beside."""
    names = {"tenant": cell(header, "tenant"), "property": cell(header, "property")}
    conn.exec_driver_sql(_REFS.format(stage=stage_table(row.id), **names))
    conn.exec_driver_sql("analyze import_refs")


def resolve_tenants(conn: Connection, row: ImportRow, parts: int) -> None:
    """Make the table of tenants: for each of `import_refs` one, in so many parts of neighbours, or an error."""
    names = {"tenants": tenants_table(row.id), "values": values_table(row.id)}
    conn.execute(text(_CREATE.format(**names)))
    values = {
        "default_code": row.property, "most": MOST_CANDIDATES, "property_not_found": PropertyNotFoundError.code,
        "tenant_not_found": TenantNotFoundError.code, "ambiguous": AmbiguousError.code, "parts": parts,
    }  # fmt: skip
    conn.execute(text(_RESOLVE.format(**names)), values)
    conn.execute(text(f"analyze {names['tenants']}"))
    share(conn, row.id, names["tenants"])
