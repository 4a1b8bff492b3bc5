-- The one way by which an event is written. Facts of the ledger are told by the functions that write the ledger.

-- Who is told of an event, and how often a delivery is tried.
create function consumers_of(type text) returns table (consumer text, attempts smallint) language sql immutable as $$
  select c.consumer, c.attempts
    from (values ('balances', 4::smallint), ('audit', 5::smallint)) c (consumer, attempts)
   where case
           when type in ('BalanceCalculated', 'BalancesCalculated') then false
           when type in ('PaymentRecorded', 'PaymentsImported', 'PaymentsReversed', 'ChargePosted', 'ChargesPosted',
                         'EntryReversed', 'TenantAssigned', 'TenantMoved', 'TenantLeft') then true
           else c.consumer = 'audit'
         end
$$;

-- The partition of the month is made here too: months may have passed since somebody let a day begin, and a row in
-- the DEFAULT partition would keep its month from ever getting one of its own.
create function reserve_event() returns bigint language plpgsql security definer as $$
begin
  perform ensure_partition('events', (now() at time zone 'UTC')::date);
  return nextval('events_id_seq');
end $$;

-- Write an event and its deliveries; the tenant's row gives it a gapless number.
create function write_event(event bigint, type text, entity_type text, entity bigint, property bigint, tenant bigint,
                            payload jsonb)
returns timestamptz language plpgsql as $$
declare
  seq bigint;
  told_at timestamptz;
begin
  if tenant is not null then
    update tenants set event_seq = event_seq + 1 where id = tenant returning event_seq into seq;
  end if;
  insert into events (id, type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
  values (event, type, entity_type, entity, property, tenant, seq,
          payload || jsonb_build_object('timestamp', to_jsonb(now())))
  returning recorded_at into told_at;
  insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
  select event, told_at, c.consumer, tenant, c.attempts from consumers_of(type) c;
  return told_at;
end $$;

-- The same for everybody who may change what the event tells of.
create function append_event(event bigint, type text, entity_type text, entity bigint, property bigint, tenant bigint,
                             payload jsonb)
returns timestamptz language plpgsql security definer as $$
begin
  if type in ('PaymentRecorded', 'PaymentsImported', 'PaymentsReversed', 'ChargePosted', 'ChargesPosted',
              'EntryReversed', 'DepositReceived', 'DepositApplied', 'DepositRefunded',
              'BalanceCalculated', 'BalancesCalculated') then
    perform require_grade('{worker}', property);
  else
    perform require_grade('{landlord,staff,worker}', property);
  end if;
  return write_event(event, type, entity_type, entity, property, tenant, payload);
end $$;
