-- What was spent for a property, or a room of it. Written by these functions alone, as the ledger is: an expense is
-- never edited, one reversing entry takes it back (R11). `holder` is whose cash it was, if it was cash: a reversal
-- gives the money back to whoever had spent it, whoever reverses it.
create table expenses (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  room_id bigint references rooms,
  spent_on date not null,
  category text not null check (category in ('electricity', 'water', 'internet', 'maintenance', 'cleaning', 'supplies',
                                             'tax', 'transfer', 'other')),
  amount numeric(14, 2) not null check (amount <> 0 and amount <> 'NaN'),
  method text not null default 'cash' check (method in ('cash', 'transfer', 'qris', 'ewallet', 'other')),
  payee clean_text check (length(payee) <= 200),
  description clean_text check (length(description) <= 500),
  reverses_id bigint constraint expenses_reversed_once unique references expenses,
  reason clean_text check (length(reason) between 1 and 500),
  holder text not null default session_user,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint expenses_sign check ((amount < 0) = (reverses_id is not null)),
  constraint expenses_reason check ((reason is null) = (reverses_id is null))
);
create index idx_expenses_date on expenses (spent_on desc, id desc);
create index idx_expenses_property on expenses (property_id, spent_on desc, id desc);
create index idx_expenses_room on expenses (room_id, spent_on desc, id desc) where room_id is not null;
create index idx_expenses_cash on expenses (property_id, holder, spent_on) include (amount) where method = 'cash';

select keep_history('expenses');
select keep_rows('expenses');

create function told(entry expenses) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'id', entry.id, 'roomId', entry.room_id, 'spentOn', entry.spent_on, 'category', entry.category,
    'amount', entry.amount::text, 'method', entry.method, 'payee', entry.payee, 'description', entry.description,
    'reversesId', entry.reverses_id)
$$;

-- What the event says of an expense; the history of its room finds it by `roomId`.
create function expense_payload(entry expenses) returns jsonb language sql stable as $$
  select jsonb_build_object('expenseId', entry.id, 'category', entry.category, 'amount', entry.amount::text,
                            'date', entry.spent_on, 'after', told(entry))
         || case when entry.room_id is null then '{}' else jsonb_build_object('roomId', entry.room_id) end
         || case when entry.reason is null then '{}' else jsonb_build_object('reason', entry.reason) end
$$;

-- Record an expense of today or earlier (M3).
create function record_expense(property bigint, room bigint, day date, category text, amount numeric, method text,
                               payee text, description text, out id bigint, out event bigint,
                               out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  posted expenses;
begin
  perform require_grade('{landlord,staff}', property);
  if not hold_property(property) then
    raise exception 'there is no property %', property using errcode = 'foreign_key_violation';
  end if;
  if day > (select business_date(p.timezone) from properties p where p.id = property) or amount <= 0
     or room is not null and not exists (select from rooms r where r.id = room and r.property_id = property) then
    raise exception 'not an expense' using errcode = 'check_violation', constraint = 'expenses_spent';
  end if;
  event := reserve_event();
  insert into expenses (property_id, room_id, spent_on, category, amount, method, payee, description, event_id)
  values (property, room, day, record_expense.category, record_expense.amount, record_expense.method,
          record_expense.payee, record_expense.description, event) returning * into posted;
  id := posted.id;
  payload := expense_payload(posted);
  recorded_at := write_event(event, 'ExpenseRecorded', 'expense', id, property, null, payload);
end $$;

-- Take an expense back (R11). Staff may take back what they have recorded themselves on this day.
create function reverse_expense(expense bigint, reason text, out id bigint, out event bigint,
                                out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  original expenses;
  posted expenses;
  today date;
  recorded date;
begin
  select * into original from expenses e where e.id = expense;
  if not found then
    raise exception 'there is no expense %', expense using errcode = 'foreign_key_violation';
  end if;
  select business_date(p.timezone), (original.created_at at time zone p.timezone)::date into today, recorded
    from properties p where p.id = original.property_id;
  perform require_grade(case when original.actor = session_user and recorded = today then '{landlord,staff}'::text[]
                             else '{landlord}' end, original.property_id);
  if original.reverses_id is not null then
    raise exception 'a reversal stands' using errcode = 'check_violation', constraint = 'expenses_of_originals';
  end if;
  event := reserve_event();
  insert into expenses (property_id, room_id, spent_on, category, amount, method, payee, description, reverses_id,
                        reason, holder, event_id)
  values (original.property_id, original.room_id, greatest(today, original.spent_on), original.category,
          -original.amount, original.method, original.payee, original.description, expense, reverse_expense.reason,
          original.holder, event)
  returning * into posted;
  id := posted.id;
  payload := expense_payload(posted);
  recorded_at := write_event(event, 'ExpenseReversed', 'expense', id, original.property_id, null, payload);
end $$;
select make_definer('record_expense(bigint, bigint, date, text, numeric, text, text, text)',
                    'reverse_expense(bigint, text)');

create function grant_expenses() returns void language plpgsql as $$
begin
  grant select on expenses to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant execute on function record_expense(bigint, bigint, date, text, numeric, text, text, text),
                            reverse_expense(bigint, text) to ekost_landlord, ekost_staff;
end $$;
