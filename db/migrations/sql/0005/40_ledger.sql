-- The ledger is written by these functions alone: each writes its entry, tells it in the caller's name, and keeps the
-- balance. What a person must not do is refused here, whatever program she uses.

-- The values of entries as events tell them: money as text, names as the events have them.
create function told(entry payments) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'paymentDate', entry.payment_date, 'amount', entry.amount::text, 'method', entry.method,
    'reference', entry.reference, 'note', entry.note, 'importId', entry.import_id, 'reversesId', entry.reverses_id)
$$;
create function told(entry charges) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'leaseId', entry.lease_id, 'kind', entry.kind, 'periodStart', entry.period_start,
    'periodEnd', entry.period_end, 'days', entry.days, 'ofDays', entry.of_days, 'chargedOn', entry.charged_on,
    'dueOn', entry.due_on, 'amount', entry.amount::text, 'description', entry.description,
    'reversesId', entry.reverses_id, 'relatedId', entry.related_id)
$$;
create function told(entry deposit_entries) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'kind', entry.kind, 'entryOn', entry.entry_on, 'amount', entry.amount::text,
    'paymentId', entry.payment_id, 'note', entry.note)
$$;

-- Keep a property from being archived until the end of the transaction; whether it is there.
create function hold_property(property bigint) returns boolean language plpgsql as $$
begin
  perform from properties p where p.id = property and p.archived_at is null for key share;
  return found;
end $$;

-- Today at the property of a tenant (M3), whose row is locked by it.
create function hold_tenant(tenant bigint, out property bigint, out today date) language plpgsql as $$
begin
  select t.property_id, business_date(p.timezone) into property, today
    from tenants t join properties p on p.id = t.property_id where t.id = tenant for no key update of t;
  if property is null then
    raise exception 'there is no tenant %', tenant using errcode = 'foreign_key_violation';
  end if;
end $$;

-- The payment row and its event.
create function post_payment(tenant bigint, property bigint, day date, amount numeric, method text, reference text,
                             note text, out id bigint, out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  posted payments;
begin
  event := reserve_event();
  perform ensure_partition('payments', day);
  insert into payments (property_id, tenant_id, payment_date, amount, method, reference, note, event_id)
  values (property, tenant, day, amount, method, reference, note, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'paymentId', id, 'amount', posted.amount::text, 'date', day,
                                'after', told(posted));
  recorded_at := write_event(event, 'PaymentRecorded', 'payment', id, property, tenant, payload);
end $$;

-- Record a payment once for its key (M3, M4). `state`: `done`; `repeated`, with the number of the first time; `reused`,
-- when the key belongs to another request; or `due`, when rent has to be posted before and nothing was done.
create function record_payment(key text, request bytea, tenant bigint, day date, amount numeric, method text,
                               reference text, note text, out state text, out id bigint, out event bigint,
                               out recorded_at timestamptz, out payload jsonb)
language plpgsql security definer as $$
declare
  held record := hold_tenant(tenant);
begin
  perform require_grade('{landlord,staff}', held.property);
  if exists (select from leases l where l.tenant_id = tenant and l.next_period_on <= least(held.today, current_date + 1)) then
    state := 'due';
    return;
  end if;
  if key is not null then
    insert into request_keys (key, operation, request_hash) values (key, 'record_payment', request) on conflict do nothing;
    if not found then
      select (k.result ->> 'id')::bigint into id
        from request_keys k where k.key = record_payment.key and k.request_hash = request;
      state := case when id is null then 'reused' else 'repeated' end;
      return;
    end if;
  end if;
  if day > held.today or amount <= 0 or method = 'deposit' then
    raise exception 'not a payment' using errcode = 'check_violation', constraint = 'payments_received';
  end if;
  select p.id, p.event, p.recorded_at, p.payload into id, event, recorded_at, payload
    from post_payment(tenant, held.property, day, amount, method, reference, note) p;
  perform recalculate_balances(array[tenant]);
  if key is not null then
    update request_keys k set result = jsonb_build_object('id', record_payment.id) where k.key = record_payment.key;
  end if;
  state := 'done';
end $$;

-- Post a charge (R10). A credit or an opening balance is the landlord's.
create function post_charge(tenant bigint, kind text, charged_on date, due_on date, amount numeric, description text,
                            out id bigint, out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql security definer as $$
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
  insert into charges (property_id, tenant_id, kind, charged_on, due_on, amount, description, event_id)
  values (held.property, tenant, kind, charged_on, due_on, amount, description, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'chargeId', id, 'kind', kind, 'amount', posted.amount::text,
                                'date', charged_on, 'after', told(posted));
  recorded_at := write_event(event, 'ChargePosted', 'charge', id, held.property, tenant, payload);
  perform recalculate_balances(array[tenant]);
end $$;

-- Credit or charge some days of a lease under the event that tells why: a move or a move-out (R6, R7).
create function post_lease_charge(lease bigint, kind text, period_start date, period_end date, days integer,
                                  of_days integer, amount numeric, related bigint, event bigint)
returns bigint language plpgsql security definer as $$
declare
  of_lease leases;
  posted bigint;
begin
  select * into of_lease from leases where id = lease;
  perform require_grade('{landlord,staff,worker}', of_lease.property_id);
  if kind not in ('rent', 'credit') then
    raise exception 'not of a lease' using errcode = 'check_violation', constraint = 'charges_of_lease';
  end if;
  insert into charges (property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days, charged_on,
                       due_on, amount, related_id, event_id)
  values (of_lease.property_id, of_lease.tenant_id, lease, kind, period_start, period_end, days, of_days,
          period_start, period_start, amount, related, event)
  returning id into posted;
  return posted;
end $$;

-- Post rent that has become due, once for each lease and period, under one event; then its leases go on (R14).
create function post_rents(leases_due bigint[], nexts date[], lease_ids bigint[], starts date[], ends date[],
                           days integer[], of_days integer[], dues date[], amounts numeric[],
                           out event bigint, out recorded_at timestamptz, out posted bigint, out amount numeric)
language plpgsql security definer as $$
declare
  property bigint;
  properties bigint[];
begin
  properties := array(select distinct l.property_id from leases l where l.id = any (leases_due || lease_ids));
  foreach property in array properties loop
    perform require_grade('{landlord,staff,worker}', property);
  end loop;
  posted := 0;
  amount := 0;
  if cardinality(lease_ids) > 0 then
    event := reserve_event();
    with new_charges as (
      insert into charges (property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days,
                           charged_on, due_on, amount, event_id)
      select l.property_id, l.tenant_id, l.id, 'rent', n.period_start, n.period_end, n.days, n.of_days,
             n.period_start, n.due_on, n.amount, event
        from unnest(lease_ids, starts, ends, post_rents.days, post_rents.of_days, dues, amounts)
             as n (lease_id, period_start, period_end, days, of_days, due_on, amount)
        join leases l on l.id = n.lease_id
       where n.amount > 0
       order by l.tenant_id, n.period_start
      on conflict (lease_id, kind, period_start) where reverses_id is null and kind = 'rent' do nothing
      returning charges.amount
    )
    select count(*), coalesce(sum(p.amount), 0) into posted, amount from new_charges p;
  end if;
  if posted > 0 then
    property := case when cardinality(properties) = 1 then properties[1] end;
    recorded_at := write_event(event, 'ChargesPosted', 'billing', event, property, null,
                               jsonb_build_object('count', posted, 'amount', amount::text));
  end if;
  update leases l set next_period_on = d.next_on
    from unnest(leases_due, nexts) as d (id, next_on) where l.id = d.id;
  perform recalculate_balances(array(select distinct l.tenant_id from leases l where l.id = any (leases_due)));
end $$;

-- Take, use or give back a deposit (R8). Only what is held can be used or given back, and by the landlord.
create function post_deposit(tenant bigint, kind text, day date, amount numeric, note text, out id bigint,
                             out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql security definer as $$
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
  insert into deposit_entries (property_id, tenant_id, kind, entry_on, amount, payment_id, note, event_id)
  values (held.property, tenant, kind, day, amount, payment, note, event) returning * into posted;
  id := posted.id;
  payload := jsonb_build_object('tenantId', tenant, 'depositEntryId', id, 'amount', posted.amount::text, 'date', day,
                                'after', told(posted));
  recorded_at := write_event(event, 'Deposit' || initcap(kind), 'deposit', id, held.property, tenant, payload);
  perform recalculate_balances(array[tenant]);
end $$;
