-- Receipts (kuitansi): one for a payment, numbered without a gap in each property and year; who printed it how often is
-- kept, since only the first paper is the original.
alter table tenants add column language text constraint tenants_language check (language in ('id', 'en'));
alter table properties
  add column place clean_text constraint properties_place check (length(place) between 1 and 80),
  add column signatory clean_text constraint properties_signatory check (length(signatory) between 1 and 80),
  add column language text constraint properties_language check (language in ('id', 'en'));

-- The last number of a year. The row is held until the end of the transaction, so that a number that was taken back with
-- it is given to the next one.
create table receipt_numbers (
  property_id bigint not null references properties,
  year smallint not null,
  last integer not null default 0,
  primary key (property_id, year)
);

create table receipts (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  year smallint not null,
  number integer not null check (number > 0),
  payment_id bigint not null constraint receipts_one_a_payment unique,
  tenant_id bigint not null references tenants,
  issued_on date not null,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint receipts_numbered_once unique (property_id, year, number)
);
create index idx_receipts_tenant on receipts (tenant_id, id desc);

create table receipt_prints (
  receipt_id bigint not null references receipts,
  copy smallint not null check (copy > 0),
  property_id bigint not null references properties,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  primary key (receipt_id, copy)
);
select keep_history('receipts', 'receipt_prints');
select keep_rows('receipts', 'receipt_prints');
alter table receipt_numbers enable row level security;
create policy seen on receipt_numbers using ((select sees_all()) or property_id = any ((select my_properties())::bigint[]));

create function told(entry receipts) returns jsonb language sql stable as $$
  select jsonb_build_object('id', entry.id, 'year', entry.year, 'number', entry.number, 'paymentId', entry.payment_id,
                            'issuedOn', entry.issued_on)
$$;

-- The receipt of a payment, issued now unless it has been. Neither what was taken back nor what takes back gets a new one.
create function issue_receipt(payment bigint, out id bigint, out event bigint, out recorded_at timestamptz,
                              out payload jsonb)
language plpgsql as $$
declare
  paid payments;
  held record;
  issued receipts;
begin
  select * into paid from payments p where p.id = payment;
  if paid.id is null then
    raise exception 'there is no payment %', payment using errcode = 'foreign_key_violation';
  end if;
  perform require_grade('{landlord,staff}', paid.property_id);
  held := hold_tenant(paid.tenant_id);
  select r.id into id from receipts r where r.payment_id = payment;
  if id is not null then
    return;
  end if;
  if paid.amount <= 0 or exists (select from reversals v where v.entry = 'payment' and v.entry_id = payment) then
    raise exception 'nothing was received' using errcode = 'check_violation', constraint = 'receipts_of_received';
  end if;
  insert into receipt_numbers (property_id, year) values (paid.property_id, extract(year from held.today))
  on conflict do nothing;
  update receipt_numbers n set last = last + 1
   where n.property_id = paid.property_id and n.year = extract(year from held.today) returning n.last into issued.number;
  event := reserve_event();
  insert into receipts (property_id, year, number, payment_id, tenant_id, issued_on, event_id)
  values (paid.property_id, extract(year from held.today), issued.number, payment, paid.tenant_id, held.today, event)
  returning * into issued;
  id := issued.id;
  payload := jsonb_build_object('tenantId', paid.tenant_id, 'receiptId', id, 'paymentId', payment, 'after', told(issued));
  recorded_at := write_event(event, 'ReceiptIssued', 'receipt', id, paid.property_id, paid.tenant_id, payload);
end $$;

-- Count a paper of a receipt; the first one is the original.
create function print_receipt(receipt bigint, out copy smallint, out id bigint, out event bigint,
                              out recorded_at timestamptz, out payload jsonb)
language plpgsql as $$
declare
  printed receipts;
begin
  select * into printed from receipts r where r.id = receipt;
  perform require_grade('{landlord,staff}', printed.property_id);
  perform hold_tenant(printed.tenant_id);
  select coalesce(max(p.copy), 0) + 1 into copy from receipt_prints p where p.receipt_id = receipt;
  event := reserve_event();
  insert into receipt_prints (receipt_id, copy, property_id, event_id) values (receipt, copy, printed.property_id, event);
  id := receipt;
  payload := jsonb_build_object('receiptId', receipt, 'copy', copy);
  recorded_at := write_event(event, 'ReceiptPrinted', 'receipt', receipt, printed.property_id, printed.tenant_id, payload);
end $$;
select make_definer('issue_receipt(bigint)', 'print_receipt(bigint)');

create function grant_receipts() returns void language plpgsql as $$
begin
  grant select on receipts, receipt_prints, receipt_numbers
     to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker;
  grant execute on function issue_receipt(bigint), print_receipt(bigint) to ekost_landlord, ekost_staff;
  grant insert (language), update (language) on tenants to ekost_landlord, ekost_staff, ekost_worker;
end $$;
