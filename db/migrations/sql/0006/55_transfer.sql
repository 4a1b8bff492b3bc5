-- A deposit that was held before the book began: nobody pays it now, so it is no money that came in (R17).
alter table deposit_entries add column opening boolean not null default false,
  add constraint deposit_entries_opening check (not opening or kind = 'received');

create or replace function told(entry deposit_entries) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'kind', entry.kind, 'entryOn', entry.entry_on, 'amount', entry.amount::text,
    'paymentId', entry.payment_id, 'method', entry.method, 'note', entry.note, 'opening', entry.opening)
$$;

create function post_opening_deposit(tenant bigint, day date, amount numeric, note text, out id bigint,
                                     out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  held record := hold_tenant(tenant);
  posted deposit_entries;
begin
  perform require_grade('{landlord,worker}', held.property);
  -- Negative where all that was brought along is taken back, before anything was done with it.
  if day > held.today or amount = 0 or amount < 0 and (
       exists (select from deposit_entries d where d.tenant_id = tenant and not d.opening)
       or -amount is distinct from (select sum(d.amount) from deposit_entries d where d.tenant_id = tenant)) then
    raise exception 'not a deposit' using errcode = 'check_violation', constraint = 'deposit_entries_held';
  end if;
  event := reserve_event();
  insert into deposit_entries (property_id, tenant_id, kind, entry_on, amount, opening, note, event_id)
  values (held.property, tenant, 'received', day, amount, true, note, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'depositEntryId', id, 'amount', posted.amount::text, 'date', day,
                                'opening', true, 'after', told(posted));
  recorded_at := write_event(event, 'DepositReceived', 'deposit', id, held.property, tenant, payload);
  perform recalculate_balances(array[tenant]);
end $$;
select make_definer('post_opening_deposit(bigint, date, numeric, text)');

create function grant_transfer() returns void language plpgsql as $$
begin
  grant execute on function post_opening_deposit(bigint, date, numeric, text) to ekost_landlord, ekost_worker;
end $$;
