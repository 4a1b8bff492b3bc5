-- Who may change a name, a price or the end of a lease by a command could do so by SQL, and no event told of it. Now
-- an event of the same transaction must be about the thing. The owner of the book, who may do everything, is not asked.
create function require_told_of() returns trigger language plpgsql as $$
declare
  thing constant text := tg_argv[0];
  lease leases;
begin
  if is_owner() then
    return null;
  end if;
  if thing = 'lease' then
    -- Told of the tenant, or, where several share a rent, of their room.
    select * into lease from leases where id = (to_jsonb(new) ->> tg_argv[1])::bigint;
    if exists (select from events where recorded_at = now() and tenant_id = lease.tenant_id)
       or exists (select from events where recorded_at = now() and entity_type = 'room' and entity_id = lease.room_id)
    then
      return null;
    end if;
  elsif exists (select from events where recorded_at = now() and entity_type = thing and entity_id = new.id) then
    return null;
  end if;
  raise exception '% on % was told by no event', tg_op, tg_table_name using errcode = 'EK004';
end $$;
select make_definer('require_told_of()');

create constraint trigger told_when_added after insert on tenants deferrable initially deferred
  for each row execute function require_told_of('tenant');
create constraint trigger told_when_changed after update on tenants deferrable initially deferred
  for each row when ((old.property_id, old.code, old.name, old.phone, old.email, old.national_id, old.emergency_name,
                      old.emergency_phone, old.deleted_at)
    is distinct from (new.property_id, new.code, new.name, new.phone, new.email, new.national_id, new.emergency_name,
                      new.emergency_phone, new.deleted_at))
  execute function require_told_of('tenant');

create constraint trigger told_when_added after insert on rooms deferrable initially deferred
  for each row execute function require_told_of('room');
create constraint trigger told_when_changed after update on rooms deferrable initially deferred
  for each row when ((old.property_id, old.number, old.room_type, old.monthly_rent, old.capacity, old.basis,
                      old.status, old.deleted_at)
    is distinct from (new.property_id, new.number, new.room_type, new.monthly_rent, new.capacity, new.basis,
                      new.status, new.deleted_at))
  execute function require_told_of('room');

create constraint trigger told_when_added after insert on properties deferrable initially deferred
  for each row execute function require_told_of('property');
-- Of its policy 10_policies.sql tells, and the columns that show the one of today follow the day without a word.
create constraint trigger told_when_changed after update on properties deferrable initially deferred
  for each row when (to_jsonb(old) - '{billing_day,grace_days,proration,rounding}'::text[]
    is distinct from to_jsonb(new) - '{billing_day,grace_days,proration,rounding}'::text[])
  execute function require_told_of('property');

create constraint trigger told_when_added after insert on leases deferrable initially deferred
  for each row execute function require_told_of('lease', 'id');
create constraint trigger told_when_changed after update on leases deferrable initially deferred
  for each row when ((old.room_id, old.slot, old.starts_on, old.ends_on, old.basis, old.billed_from_on)
    is distinct from (new.room_id, new.slot, new.starts_on, new.ends_on, new.basis, new.billed_from_on))
  execute function require_told_of('lease', 'id');
create constraint trigger told_when_priced after insert or update on lease_terms deferrable initially deferred
  for each row execute function require_told_of('lease', 'lease_id');

create constraint trigger told_when_changed after update on meters deferrable initially deferred
  for each row execute function require_told_of('meter');
