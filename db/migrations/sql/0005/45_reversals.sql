-- Corrections (R11): one reversing entry takes a posted one back, dated today, and never before it.
create function write_reversal(entry text, original bigint, reversal bigint, event bigint, amount numeric,
                               property bigint, tenant bigint, reason text, after jsonb,
                               out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
begin
  if exists (select from reversals r where r.entry = write_reversal.entry and r.reversal_id = original) then
    raise exception 'a reversal stands' using errcode = 'check_violation', constraint = 'reversals_of_originals';
  end if;
  insert into reversals (entry, entry_id, reversal_id, reason) values (entry, original, reversal, reason);
  payload := jsonb_build_object('tenantId', tenant, 'entry', entry, 'entryId', original, 'reversalId', reversal,
                                'amount', amount::text, 'reason', reason, 'after', after);
  recorded_at := write_event(event, 'EntryReversed', entry, reversal, property, tenant, payload);
end $$;

-- A payment out of the deposit returns to it.
create function reverse_payment(payment bigint, reason text, out id bigint, out event bigint,
                                out recorded_at timestamptz, out payload jsonb)
language plpgsql security definer as $$
declare
  original payments;
  posted payments;
  returned deposit_entries;
  held record;
  after jsonb;
begin
  select * into original from payments p where p.id = payment;
  held := hold_tenant(original.tenant_id);
  perform require_grade('{landlord}', original.property_id);
  event := reserve_event();
  perform ensure_partition('payments', greatest(held.today, original.payment_date));
  insert into payments (property_id, tenant_id, payment_date, amount, method, reverses_id, event_id)
  values (original.property_id, original.tenant_id, greatest(held.today, original.payment_date), -original.amount,
          original.method, original.id, event)
  returning * into posted;
  after := told(posted);
  if original.method = 'deposit' then
    insert into deposit_entries (property_id, tenant_id, kind, entry_on, amount, payment_id, event_id)
    values (original.property_id, original.tenant_id, 'applied', posted.payment_date, posted.amount, posted.id, event)
    returning * into returned;
    after := after || jsonb_build_object('deposits', jsonb_build_array(told(returned)));
  end if;
  id := posted.id;
  select w.recorded_at, w.payload into recorded_at, payload
    from write_reversal('payment', payment, id, event, posted.amount, original.property_id, original.tenant_id,
                        reason, after) w;
  perform recalculate_balances(array[original.tenant_id]);
end $$;

-- Money that had paid the charge pays the next ones. Rent of days that nobody will live there is taken back by whoever
-- ends the lease.
create function reverse_charge(charge bigint, reason text, out id bigint, out event bigint,
                               out recorded_at timestamptz, out payload jsonb)
language plpgsql security definer as $$
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
                       due_on, amount, reverses_id, event_id)
  values (original.property_id, original.tenant_id, original.lease_id, original.kind, original.period_start,
          original.period_end, original.days, original.of_days, day, greatest(day, original.due_on), -original.amount,
          charge, event)
  returning * into posted;
  id := posted.id;
  select w.recorded_at, w.payload into recorded_at, payload
    from write_reversal('charge', charge, id, event, posted.amount, original.property_id, original.tenant_id, reason,
                        told(posted)) w;
  perform recalculate_balances(array[original.tenant_id]);
end $$;
