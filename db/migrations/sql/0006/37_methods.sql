-- How a deposit was taken or given back, and how credit was paid back: what moved in cash is in somebody's hand. Nobody
-- told of entries that were written before, or by a program of the version before.
alter table deposit_entries add column method text,
  add constraint deposit_entries_method check (
    method is null or kind <> 'applied' and method in ('cash', 'transfer', 'qris', 'ewallet', 'other'));
alter table charges add column method text,
  add constraint charges_method check (
    method is null or kind = 'refund' and method in ('cash', 'transfer', 'qris', 'ewallet', 'other'));

create or replace function told(entry charges) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'leaseId', entry.lease_id, 'kind', entry.kind, 'periodStart', entry.period_start,
    'periodEnd', entry.period_end, 'days', entry.days, 'ofDays', entry.of_days, 'chargedOn', entry.charged_on,
    'dueOn', entry.due_on, 'amount', entry.amount::text, 'description', entry.description,
    'reversesId', entry.reverses_id, 'relatedId', entry.related_id, 'method', entry.method)
$$;

create function post_charge(tenant bigint, kind text, charged_on date, due_on date, amount numeric, description text,
                            method text, out id bigint, out event bigint, out recorded_at timestamptz,
                            out payload jsonb)
language plpgsql as $$
declare
  held record := hold_tenant(tenant);
  posted charges;
begin
  perform require_grade(case when kind in ('credit', 'opening', 'refund') then '{landlord,worker}'::text[]
                             else '{landlord,staff,worker}' end, held.property);
  if charged_on > held.today then
    raise exception 'not a charge' using errcode = 'check_violation', constraint = 'charges_begun';
  end if;
  event := reserve_event();
  insert into charges (property_id, tenant_id, kind, charged_on, due_on, amount, description, method, event_id)
  values (held.property, tenant, kind, charged_on, due_on, amount, description, method, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'chargeId', id, 'kind', kind, 'amount', posted.amount::text,
                                'date', charged_on, 'after', told(posted));
  recorded_at := write_event(event, 'ChargePosted', 'charge', id, held.property, tenant, payload);
  perform recalculate_balances(array[tenant]);
end $$;
create or replace function post_charge(tenant bigint, kind text, charged_on date, due_on date, amount numeric,
                                       description text, out id bigint, out event bigint, out recorded_at timestamptz,
                                       out payload jsonb) language sql as $$
  select * from post_charge(tenant, kind, charged_on, due_on, amount, description, null::text)
$$;

create or replace function reverse_charge(charge bigint, reason text, out id bigint, out event bigint,
                                          out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  original charges;
  posted charges;
  held record;
  day date;
begin
  select * into original from charges c where c.id = charge;
  held := hold_tenant(original.tenant_id);
  perform require_grade(case when original.lease_id is null then '{landlord}'::text[] else '{landlord,staff}' end,
                        original.property_id);
  event := reserve_event();
  day := greatest(held.today, original.charged_on);
  insert into charges (property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days, charged_on,
                       due_on, amount, method, reverses_id, event_id)
  values (original.property_id, original.tenant_id, original.lease_id, original.kind, original.period_start,
          original.period_end, original.days, original.of_days, day, greatest(day, original.due_on), -original.amount,
          original.method, charge, event)
  returning * into posted;
  id := posted.id;
  select w.recorded_at, w.payload into recorded_at, payload
    from write_reversal('charge', charge, id, event, posted.amount, original.property_id, original.tenant_id, reason,
                        told(posted)) w;
  perform recalculate_balances(array[original.tenant_id]);
end $$;

create function post_deposit(tenant bigint, kind text, day date, amount numeric, method text, note text, out id bigint,
                             out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  held record := hold_tenant(tenant);
  payment bigint;
  posted deposit_entries;
begin
  perform require_grade(case kind when 'received' then '{landlord,staff}'::text[] else '{landlord}' end, held.property);
  if amount <= 0 or day > held.today
     or kind <> 'received' and amount > (select deposit_held from balances where tenant_id = tenant) then
    raise exception 'not a deposit' using errcode = 'check_violation', constraint = 'deposit_entries_held';
  end if;
  if kind = 'applied' then
    payment := (post_payment(tenant, held.property, day, amount, 'deposit', null, null)).id;
  end if;
  event := reserve_event();
  insert into deposit_entries (property_id, tenant_id, kind, entry_on, amount, payment_id, method, note, event_id)
  values (held.property, tenant, kind, day, amount, payment, method, note, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'depositEntryId', id, 'amount', posted.amount::text, 'date', day,
                                'after', told(posted));
  recorded_at := write_event(event, 'Deposit' || initcap(kind), 'deposit', id, held.property, tenant, payload);
  perform recalculate_balances(array[tenant]);
end $$;
create or replace function post_deposit(tenant bigint, kind text, day date, amount numeric, note text, out id bigint,
                                        out event bigint, out recorded_at timestamptz, out payload jsonb)
language sql as $$
  select * from post_deposit(tenant, kind, day, amount, null::text, note)
$$;

-- Whoever took a deposit holds it; whoever gave money back does not hold it any more, and does again if that was wrong.
create function cash_follows_deposits() returns trigger language plpgsql as $$
begin
  insert into cash_received (property_id, holder, day, amount)
  values (new.property_id, new.actor, new.entry_on, case new.kind when 'received' then new.amount else -new.amount end);
  return null;
end $$;
create function cash_follows_refunds() returns trigger language plpgsql as $$
begin
  insert into cash_received (property_id, holder, day, amount)
  values (new.property_id, coalesce((select c.actor from charges c where c.id = new.reverses_id), new.actor),
          new.charged_on, -new.amount);
  return null;
end $$;
create trigger cash_follows_deposits after insert on deposit_entries for each row when (new.method = 'cash')
  execute function cash_follows_deposits();
create trigger cash_follows_refunds after insert on charges for each row when (new.method = 'cash')
  execute function cash_follows_refunds();

select make_definer('post_charge(bigint, text, date, date, numeric, text)',
                    'post_charge(bigint, text, date, date, numeric, text, text)', 'reverse_charge(bigint, text)',
                    'post_deposit(bigint, text, date, numeric, text)',
                    'post_deposit(bigint, text, date, numeric, text, text)',
                    'cash_follows_deposits()', 'cash_follows_refunds()');

create function grant_methods() returns void language plpgsql as $$
begin
  grant execute on function post_charge(bigint, text, date, date, numeric, text, text),
                            post_deposit(bigint, text, date, numeric, text, text)
     to ekost_landlord, ekost_staff, ekost_worker;
end $$;
