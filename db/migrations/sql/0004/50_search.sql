-- What a search looks at stands in one column of the tenant: name, code, phone, e-mail and rooms, in small letters and
-- without accents, each word after a blank, so that ' w' is how a word begins.
create extension if not exists unaccent;

-- `unaccent` is not immutable only because its dictionary could be exchanged; the one it comes with is named here, bound
-- when this function is made. A generated column needs the promise.
create function folded(value text) returns text language sql immutable strict parallel safe
  return lower(unaccent('unaccent'::regdictionary, value));

alter table tenants add column search_rooms text not null default '';

-- The rooms of leases that are not over. Those to come are among them: a lease begins without a write, and is found by
-- then. One that ends without a write is taken out when the day passes (`settle_past_rooms`, with the room statuses);
-- until then it is a hit too many, never one too few. Who lives in a room today is asked of the leases themselves.
create view searched_rooms with (security_invoker = true) as
select l.tenant_id, string_agg(r.number::text, ' ' order by l.starts_on, l.id) as rooms
  from leases l
  join rooms r on r.id = l.room_id
  join properties p on p.id = l.property_id
 where l.ends_on is distinct from l.starts_on and (l.ends_on is null or l.ends_on > business_date(p.timezone))
 group by l.tenant_id;

update tenants t set search_rooms = s.rooms from searched_rooms s where s.tenant_id = t.id;

drop index idx_tenants_search;
-- Renamed, not dropped: lists read it, and a list that is dropped forgets who may read it.
alter table tenants rename column search_text to old_search_text;
alter table tenants
  add column search_name text collate "C" not null generated always as (folded(name)) stored,
  add column search_text text not null generated always as
    (' ' || folded(name || ' ' || code || ' ' || coalesce(phone, '') || ' ' || coalesce(email, '') || ' ' || search_rooms))
    stored;
create or replace view tenant_list with (security_invoker = true) as
select t.id, t.code, t.name, t.name_key, t.phone, t.email, t.property_id, p.code as property, p.currency,
       stay.room, stay.room_key, stay.room_id, stay.lease_id, stay.monthly_rent, ever.moved_in_on, ever.moved_out_on,
       b.total_charges, b.total_payments, b.outstanding_balance, b.deposit_held, b.paid_through_on, b.oldest_due_on,
       greatest(business_date(p.timezone) - b.oldest_due_on, 0) as days_overdue, b.status, b.calculated_at,
       t.search_text, t.created_at, t.deleted_at, b.tenant_id
  from tenants t
  join properties p on p.id = t.property_id
  join balances b on b.tenant_id = t.id
  left join lateral (
    -- The lease of today, else the next one to come.
    select l.id as lease_id, l.room_id, r.number as room, r.number_key as room_key,
           (select lt.monthly_rent from lease_terms lt
             where lt.lease_id = l.id and lt.effective_on <= greatest(business_date(p.timezone), l.starts_on)
             order by lt.effective_on desc limit 1) as monthly_rent
      from leases l join rooms r on r.id = l.room_id
     where l.tenant_id = t.id and (l.ends_on is null or l.ends_on > business_date(p.timezone))
       and l.ends_on is distinct from l.starts_on
     order by l.starts_on limit 1) stay on true
  left join lateral (
    select min(l.starts_on) as moved_in_on,
           case when bool_and(l.ends_on is not null) then max(l.ends_on) end as moved_out_on
      from leases l where l.tenant_id = t.id and l.ends_on is distinct from l.starts_on) ever on true;
alter table tenants drop column old_search_text;
alter table properties
  add column search_text text not null generated always as (' ' || folded(code || ' ' || name)) stored;

-- No list of pending entries: each search would read all of it, which takes longer than the search.
create index idx_tenants_search on tenants using gin (search_text gin_trgm_ops) with (fastupdate = off);
create index idx_tenants_search_words on tenants using gin (to_tsvector('simple', search_text)) with (fastupdate = off);
-- For names that are misspelt: what an index finds alike is compared once more, and a name is shorter than all of it.
create index idx_tenants_search_alike on tenants using gin (search_name gin_trgm_ops) with (fastupdate = off);
-- The order of hits, and all that begins with a letter or two.
create index idx_tenants_search_name on tenants (search_name, id) where deleted_at is null;
create index idx_rooms_search on rooms (number, id) where deleted_at is null;

create function settle_searched_rooms(tenants bigint[]) returns void language sql as $$
  update tenants t set search_rooms = n.rooms
    from (select i.id, coalesce(s.rooms, '') as rooms
            from unnest(settle_searched_rooms.tenants) i (id)
            left join lateral (select rooms from searched_rooms where tenant_id = i.id) s on true) n
   where t.id = n.id and t.search_rooms <> n.rooms
$$;

-- Take out the rooms of leases that have ended. Who is being changed by another is left to the next day.
create function settle_past_rooms() returns bigint language plpgsql as $$
declare
  past bigint[];
begin
  past := array(select t.id from tenants t left join searched_rooms s on s.tenant_id = t.id
                 where t.search_rooms <> coalesce(s.rooms, '') order by t.id for no key update of t skip locked);
  perform settle_searched_rooms(past);
  return cardinality(past);
end $$;

-- A change of a lease holds its tenant already, as every change of a tenant does.
create function leases_are_searched() returns trigger language plpgsql as $$
begin
  if tg_level = 'ROW' then
    perform settle_searched_rooms(array[old.tenant_id, new.tenant_id]);
  else
    perform settle_searched_rooms(array(select distinct tenant_id from changed));
  end if;
  return null;
end $$;
create trigger leases_are_searched_added after insert on leases
  referencing new table as changed for each statement execute function leases_are_searched();
create trigger leases_are_searched_gone after delete on leases
  referencing old table as changed for each statement execute function leases_are_searched();
-- By row: a billing run moves `next_period_on` of all leases, and a trigger by statement could not tell it apart.
create trigger leases_are_searched_changed after update of tenant_id, room_id, starts_on, ends_on on leases
  for each row execute function leases_are_searched();

-- Tenants are locked before rooms everywhere else, so here nobody is waited for: the next day settles the rest.
create function rooms_are_searched() returns trigger language plpgsql as $$
begin
  perform settle_searched_rooms(array(
    select t.id from tenants t
     where t.id in (select tenant_id from leases where room_id = new.id and (ends_on is null or ends_on >= current_date))
     order by t.id for no key update of t skip locked));
  return null;
end $$;
create trigger rooms_are_searched after update of number on rooms
  for each row when (old.number <> new.number) execute function rooms_are_searched();

analyze tenants;
