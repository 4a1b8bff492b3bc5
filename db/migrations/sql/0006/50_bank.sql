-- What a bank says came in and went out, and which payment or expense each line of it is. Lines and matches are
-- history: a match that was wrong is voided, and the line is open again.
create table bank_accounts (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  name clean_text not null check (length(name) between 1 and 60),
  -- Its last digits: enough to refuse the statement of another account.
  number clean_text check (length(number) <= 12),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint bank_accounts_place unique (id, property_id)
);
create unique index bank_accounts_name on bank_accounts (property_id, lower(name));

create table bank_statements (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  account_id bigint not null,
  file_name clean_text not null check (length(file_name) between 1 and 200),
  format text not null check (format in ('bca', 'mandiri', 'bni', 'generic')),
  -- The day after the last one ends it, as everywhere.
  period_start date,
  period_end date,
  opening numeric(14, 2),
  closing numeric(14, 2),
  lines_total integer not null check (lines_total >= 0),
  lines_added integer not null check (lines_added between 0 and lines_total),
  -- Whether balances and lines came to the same; null where none were told, false where nobody wanted to know.
  asserted boolean,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint bank_statements_account foreign key (account_id, property_id) references bank_accounts (id, property_id),
  constraint bank_statements_place unique (id, property_id)
);

create table bank_lines (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  account_id bigint not null,
  statement_id bigint not null,
  line integer not null,
  booked_on date not null,
  -- Above zero: money came in.
  amount numeric(14, 2) not null check (amount <> 0 and amount <> 'NaN'),
  description clean_text not null check (length(description) between 1 and 500),
  balance numeric(14, 2),
  -- Of day, amount, words and the how-manieth of its like on that day: the same in every statement that holds it.
  fingerprint bytea not null,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint bank_lines_account foreign key (account_id, property_id) references bank_accounts (id, property_id),
  constraint bank_lines_statement foreign key (statement_id, property_id) references bank_statements (id, property_id),
  constraint bank_lines_once unique (account_id, fingerprint)
);
create index idx_bank_lines_date on bank_lines (property_id, booked_on desc, id desc);
create index idx_bank_lines_latest on bank_lines (booked_on desc, id desc);

create table bank_matches (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  line_id bigint not null references bank_lines,
  -- How often the line, and the entry, was matched until then: two at once can't both be the first.
  turn integer not null,
  entry_turn integer,
  payment_id bigint,
  expense_id bigint references expenses,
  -- Why the line is nothing of the book.
  ignored clean_text check (length(ignored) between 1 and 500),
  -- Whether the entry was made of the line, and is taken back with the match.
  made boolean not null,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint bank_matches_one check (num_nonnulls(payment_id, expense_id, ignored) = 1),
  constraint bank_matches_line unique (line_id, turn),
  constraint bank_matches_payment unique (payment_id, entry_turn),
  constraint bank_matches_expense unique (expense_id, entry_turn)
);

create table bank_match_voids (
  match_id bigint primary key references bank_matches,
  property_id bigint not null references properties,
  reason clean_text not null check (length(reason) between 1 and 500),
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

-- What the words of a description mean from now on; rules come and go, and events tell of it.
create table bank_rules (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  pattern clean_text not null check (length(pattern) between 1 and 200),
  tenant_id bigint,
  category text,
  ignored clean_text check (length(ignored) between 1 and 500),
  learned boolean not null default false,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint bank_rules_tenant foreign key (tenant_id, property_id) references tenants (id, property_id),
  constraint bank_rules_one check (num_nonnulls(tenant_id, category, ignored) = 1),
  constraint bank_rules_once unique (property_id, pattern)
);

select keep_history('bank_accounts', 'bank_statements', 'bank_lines', 'bank_matches', 'bank_match_voids');
select keep_rows('bank_accounts', 'bank_statements', 'bank_lines', 'bank_matches', 'bank_match_voids', 'bank_rules');

-- The matches that stand: one ends with its void, and when its payment or expense is taken back in any other way.
create view bank_living with (security_invoker = true) as
select m.id, m.property_id, m.line_id, m.payment_id, m.expense_id, m.ignored, m.made, m.actor, m.created_at
  from bank_matches m
 where not exists (select from bank_match_voids v where v.match_id = m.id)
   and not exists (select from reversals r where r.entry = 'payment' and r.entry_id = m.payment_id)
   and not exists (select from expenses e where e.reverses_id = m.expense_id);

-- A line is matched once at a time, with an entry of its own amount and property that stands.
create function check_bank_match() returns trigger language plpgsql as $$
declare
  line bank_lines;
begin
  if book_arrives() then
    return new;
  end if;
  select * into line from bank_lines l where l.id = new.line_id and l.property_id = new.property_id;
  if not found
     or new.payment_id is not null
        and not exists (select from payments p where p.id = new.payment_id and p.property_id = line.property_id
                           and p.amount = line.amount and p.reverses_id is null)
     or exists (select from reversals r where r.entry = 'payment' and r.entry_id = new.payment_id)
     or new.expense_id is not null
        and not exists (select from expenses e where e.id = new.expense_id and e.property_id = line.property_id
                           and e.amount = -line.amount and e.reverses_id is null)
     or exists (select from expenses e where e.reverses_id = new.expense_id) then
    raise exception 'not what the line says' using errcode = 'check_violation', constraint = 'bank_matches_fit';
  end if;
  if exists (select from bank_living m where m.line_id = new.line_id) then
    raise exception 'matched already' using errcode = 'unique_violation', constraint = 'bank_matches_line';
  end if;
  if exists (select from bank_living m where m.payment_id = new.payment_id or m.expense_id = new.expense_id) then
    raise exception 'matched already' using errcode = 'unique_violation', constraint = 'bank_matches_payment';
  end if;
  select count(*) + 1 into new.turn from bank_matches m where m.line_id = new.line_id;
  if new.ignored is null then
    select count(*) + 1 into new.entry_turn from bank_matches m
     where m.payment_id = new.payment_id or m.expense_id = new.expense_id;
  end if;
  return new;
end $$;
create trigger fitting before insert on bank_matches for each row execute function check_bank_match();

create function grant_bank() returns void language plpgsql as $$
begin
  grant select on bank_accounts, bank_statements, bank_lines, bank_matches, bank_match_voids, bank_rules, bank_living
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant insert on bank_accounts, bank_statements, bank_lines to ekost_landlord;
  grant insert on bank_matches, bank_match_voids, bank_rules to ekost_landlord, ekost_staff;
  grant delete on bank_rules to ekost_landlord, ekost_staff;
end $$;
