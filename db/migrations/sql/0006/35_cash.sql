-- Cash in the hands of people: what each has received and not yet spent or handed over. What came in is kept as sums by
-- person and day, so that nobody adds up ten million payments to know it. A sum is written as a row of its own and
-- folded into its day later: two payments of one person never wait for each other. Imported payments are in nobody's
-- hand: a file says what came in, not who took it.
create table cash_received (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  holder text not null,
  day date not null,
  amount numeric(16, 2) not null,
  folded boolean not null default false
);
create index idx_cash_received_holder on cash_received (property_id, holder, day) include (amount);
create index idx_cash_received_fresh on cash_received (property_id, holder, day) where not folded;
alter table cash_received enable row level security;
create policy seen on cash_received using ((select sees_all()) or property_id = any ((select my_properties())::bigint[]));

-- Whoever took the money for a payment that is reversed later did not take it; who reverses it gets nothing.
create function cash_follows_payments() returns trigger language plpgsql as $$
begin
  if not exists (select from inserted where method = 'cash' and import_id is null) then
    return null;
  end if;
  if exists (select from inserted where reverses_id is not null) then
    insert into cash_received (property_id, holder, day, amount)
    select i.property_id, coalesce(o.actor, i.actor), i.payment_date, sum(i.amount)
      from inserted i left join payments o on o.id = i.reverses_id
     where i.method = 'cash' and i.import_id is null and o.import_id is null group by 1, 2, 3;
  else
    insert into cash_received (property_id, holder, day, amount)
    select property_id, actor, payment_date, sum(amount) from inserted
     where method = 'cash' and import_id is null group by 1, 2, 3;
  end if;
  return null;
end $$;
select make_definer('cash_follows_payments()');
create trigger cash_follows_payments after insert on payments
  referencing new table as inserted for each statement execute function cash_follows_payments();

insert into cash_received (property_id, holder, day, amount, folded)
select p.property_id, coalesce(o.actor, p.actor), p.payment_date, sum(p.amount), true
  from payments p left join payments o on o.id = p.reverses_id
 where p.method = 'cash' and p.import_id is null and o.import_id is null group by 1, 2, 3;

-- Fold what came in since the last time into its days; somebody else who is just doing it is not waited for.
create function fold_cash() returns void language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtext('fold_cash')) then
    with fresh as (
      select distinct property_id, holder, day from cash_received where not folded
    ), gone as (
      delete from cash_received c using fresh f
       where (c.property_id, c.holder, c.day) = (f.property_id, f.holder, f.day) returning c.*
    )
    insert into cash_received (property_id, holder, day, amount, folded)
    select property_id, holder, day, sum(amount), true from gone group by property_id, holder, day;
  end if;
end $$;
select make_definer('fold_cash()');

-- Cash that goes from one to another; without a receiver it was only counted, and what was counted is held from then
-- on. `expected` is what the giver should have had in hand at that moment, less what waits to be confirmed.
create table cash_handovers (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  giver text not null,
  receiver text,
  amount numeric(14, 2) check (amount > 0 and amount <> 'NaN'),
  expected numeric(16, 2) not null,
  counted numeric(14, 2) check (counted >= 0 and counted <> 'NaN'),
  variance numeric(16, 2) generated always as (counted - expected) stored,
  handed_on date not null,
  note clean_text check (length(note) <= 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint cash_handovers_kind check ((receiver is null) = (amount is null) and num_nonnulls(receiver, counted) > 0),
  constraint cash_handovers_two check (giver <> receiver)
);
create index idx_cash_handovers_property on cash_handovers (property_id, id desc);

-- Signed by the other one of the two.
create table cash_confirmations (
  handover_id bigint constraint cash_confirmed_once primary key references cash_handovers,
  property_id bigint not null references properties,
  confirmed_on date not null,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

create table cash_voids (
  handover_id bigint constraint cash_voided_once primary key references cash_handovers,
  property_id bigint not null references properties,
  voided_on date not null,
  reason clean_text not null check (length(reason) between 1 and 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

select keep_history('cash_handovers', 'cash_confirmations', 'cash_voids');
select keep_rows('cash_handovers', 'cash_confirmations', 'cash_voids');

-- What each has in hand, of one property, person and day or (null) of all and today. A handover counts from the day on
-- which it was confirmed; until then it is `pending` and still held by the giver.
create function cash_standings(of_property bigint, of_holder text, as_of date)
returns table (property_id bigint, holder text, received numeric, spent numeric, taken_over numeric,
               handed_over numeric, difference numeric, pending numeric, held numeric) language sql stable as $$
  with handed as materialized (
    select h.property_id, h.giver, h.receiver, h.amount, h.variance, c.handover_id is not null as confirmed
      from cash_handovers h
      left join cash_confirmations c on c.handover_id = h.id and c.confirmed_on <= coalesce(as_of, 'infinity')
     where (of_property is null or h.property_id = of_property) and h.handed_on <= coalesce(as_of, 'infinity')
       and not exists (select from cash_voids v
                        where v.handover_id = h.id and v.voided_on <= coalesce(as_of, 'infinity'))
  ), moved (property_id, holder, received, spent, taken_over, handed_over, difference, pending) as (
    -- Summed before they are put together: of these there are many.
    select r.property_id, r.holder, sum(r.amount), 0, 0, 0, 0, 0 from cash_received r
     where (of_property is null or r.property_id = of_property) and (of_holder is null or r.holder = of_holder)
       and (as_of is null or r.day <= as_of) group by r.property_id, r.holder
    union all
    select e.property_id, e.holder, 0, sum(e.amount), 0, 0, 0, 0 from expenses e
     where e.method = 'cash' and (of_property is null or e.property_id = of_property)
       and (of_holder is null or e.holder = of_holder) and (as_of is null or e.spent_on <= as_of)
     group by e.property_id, e.holder
    union all
    select h.property_id, h.giver, 0, 0, 0, case when h.confirmed then h.amount else 0 end,
           case when h.receiver is null then h.variance else 0 end,
           case when h.confirmed or h.receiver is null then 0 else h.amount end
      from handed h where of_holder is null or h.giver = of_holder
    union all
    select h.property_id, h.receiver, 0, 0, h.amount, 0, 0, 0
      from handed h where h.confirmed and (of_holder is null or h.receiver = of_holder)
  )
  select m.property_id, m.holder, sum(m.received), sum(m.spent), sum(m.taken_over), sum(m.handed_over),
         sum(m.difference), sum(m.pending),
         sum(m.received - m.spent + m.taken_over - m.handed_over + m.difference)
    from moved m group by m.property_id, m.holder
$$;

-- The role to which the book belongs: nobody gave it a login.
create function owner_name() returns text language sql stable
  return (select pg_get_userbyid(relowner)::text from pg_class where oid = 'properties'::regclass);

-- Who has to confirm a handover: the receiver, or the giver of what the receiver has written down.
create function cash_signer(handover cash_handovers) returns text language sql stable as $$
  select case when handover.actor = handover.receiver then handover.giver else handover.receiver end
$$;

-- Whether somebody may hold cash of a property.
create function may_hold_cash(person text, property bigint) returns boolean language sql stable as $$
  select person = owner_name()
      or exists (select from logins where role_name = person and grade in ('landlord', 'staff')
                    and (property_ids is null or property = any (property_ids)))
$$;
select make_definer('may_hold_cash(text, bigint)');

-- Whoever hands over, counts, confirms or voids cash of a property does it alone. What should be in this hand now.
create function cash_on_hand(property bigint, person text) returns numeric language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('cash_on_hand', property));
  return coalesce((select held - pending from cash_standings(property, person, null)), 0);
end $$;

create function tell_cash(event bigint, type text, handover cash_handovers, more jsonb, out recorded_at timestamptz,
                          out payload jsonb)
language plpgsql as $$
begin
  payload := jsonb_build_object(
    'handoverId', handover.id, 'giver', handover.giver, 'receiver', handover.receiver,
    'amount', handover.amount::text, 'expected', handover.expected::text, 'counted', handover.counted::text,
    'variance', handover.variance::text, 'date', handover.handed_on, 'note', handover.note) || more;
  recorded_at := write_event(event, type, 'cash', handover.id, handover.property_id, null, payload);
end $$;

-- Hand cash over, or without a receiver count it. Nobody hands over more than there is: `counted`, or what should be.
create function hand_over_cash(property bigint, giver text, receiver text, amount numeric, counted numeric, note text,
                               out id bigint, out event bigint, out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  expected numeric;
  written cash_handovers;
begin
  perform require_grade(case when receiver is not null and giver = session_user then '{landlord,staff}'::text[]
                             else '{landlord}' end, property);
  if not hold_property(property) then
    raise exception 'there is no property %', property using errcode = 'foreign_key_violation';
  end if;
  if receiver is not null and not may_hold_cash(receiver, property) then
    raise exception 'nobody of this name' using errcode = 'check_violation', constraint = 'cash_receiver';
  end if;
  if giver <> session_user and not may_hold_cash(giver, property)
     and not exists (select from cash_standings(property, giver, null)) then
    raise exception 'nobody of this name' using errcode = 'check_violation', constraint = 'cash_giver';
  end if;
  expected := cash_on_hand(property, giver);
  if amount > coalesce(counted, expected) then
    raise exception 'there is not so much' using errcode = 'check_violation', constraint = 'cash_enough';
  end if;
  event := reserve_event();
  insert into cash_handovers (property_id, giver, receiver, amount, expected, counted, handed_on, note, event_id)
  values (property, hand_over_cash.giver, hand_over_cash.receiver, hand_over_cash.amount, expected,
          hand_over_cash.counted, (select business_date(p.timezone) from properties p where p.id = property),
          hand_over_cash.note, event)
  returning * into written;
  id := written.id;
  select t.recorded_at, t.payload into recorded_at, payload
    from tell_cash(event, case when receiver is null then 'CashCounted' else 'CashHandedOver' end, written, '{}') t;
end $$;

-- Hold a handover that is neither confirmed nor taken back, or of the former only the latter.
create function hold_handover(handover bigint, confirmed boolean) returns cash_handovers language plpgsql as $$
declare
  held cash_handovers;
begin
  select * into held from cash_handovers h where h.id = handover;
  if not found then
    raise exception 'there is no handover %', handover using errcode = 'foreign_key_violation';
  end if;
  perform cash_on_hand(held.property_id, held.giver);
  if exists (select from cash_voids v where v.handover_id = handover) then
    raise exception 'taken back' using errcode = 'unique_violation', constraint = 'cash_voided_once';
  end if;
  if not confirmed and exists (select from cash_confirmations c where c.handover_id = handover) then
    raise exception 'confirmed' using errcode = 'unique_violation', constraint = 'cash_confirmed_once';
  end if;
  return held;
end $$;

-- Confirm that cash has changed hands. For a person without a login any more the landlord does.
create function confirm_cash(handover bigint, out id bigint, out event bigint, out recorded_at timestamptz,
                             out payload jsonb)
language plpgsql as $$
declare
  held cash_handovers := hold_handover(handover, false);
  signer text := cash_signer(held);
begin
  perform require_grade(case when may_hold_cash(signer, held.property_id) then '{landlord,staff}'::text[]
                             else '{landlord}' end, held.property_id);
  if held.receiver is null
     or may_hold_cash(signer, held.property_id)
        and (session_user = held.actor or session_user <> signer and not (signer = owner_name() and is_owner())) then
    raise exception 'to be signed by somebody else' using errcode = 'insufficient_privilege';
  end if;
  event := reserve_event();
  insert into cash_confirmations (handover_id, property_id, confirmed_on, event_id)
  values (handover, held.property_id,
          (select greatest(held.handed_on, business_date(p.timezone)) from properties p where p.id = held.property_id),
          event);
  id := handover;
  select t.recorded_at, t.payload into recorded_at, payload from tell_cash(event, 'CashConfirmed', held, '{}') t;
end $$;

-- Take a handover back: either of the two while it waits, the landlord also what was confirmed or counted.
create function void_cash(handover bigint, reason text, out id bigint, out event bigint, out recorded_at timestamptz,
                          out payload jsonb)
language plpgsql as $$
declare
  held cash_handovers := hold_handover(handover, true);
begin
  perform require_grade(
    case when session_user in (held.giver, held.receiver)
              and held.receiver is not null
              and not exists (select from cash_confirmations c where c.handover_id = handover)
         then '{landlord,staff}'::text[] else '{landlord}' end, held.property_id);
  event := reserve_event();
  insert into cash_voids (handover_id, property_id, voided_on, reason, event_id)
  values (handover, held.property_id,
          (select greatest(held.handed_on, business_date(p.timezone)) from properties p where p.id = held.property_id),
          void_cash.reason, event);
  id := handover;
  select t.recorded_at, t.payload into recorded_at, payload
    from tell_cash(event, 'CashVoided', held, jsonb_build_object('reason', reason)) t;
end $$;
select make_definer('hand_over_cash(bigint, text, text, numeric, numeric, text)', 'confirm_cash(bigint)',
                    'void_cash(bigint, text)');

create function grant_cash() returns void language plpgsql as $$
begin
  grant select on cash_received, cash_handovers, cash_confirmations, cash_voids
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant execute on function hand_over_cash(bigint, text, text, numeric, numeric, text), confirm_cash(bigint),
                            void_cash(bigint, text) to ekost_landlord, ekost_staff;
  grant execute on function fold_cash() to ekost_landlord, ekost_staff, ekost_worker;
end $$;
