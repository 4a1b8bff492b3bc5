-- Who was reminded of what, and when. A reminder is something that happened, and no state of a bill: that a stage was
-- sent is remembered by the bill, so that a day on which nobody looked skips nothing and a second look sends nothing.
alter table properties
  -- Days from the day a bill is due, before it below zero.
  add column reminder_stages smallint[] not null default '{-3,0,1,3,7}' constraint properties_reminder_stages check (
    cardinality(reminder_stages) <= 10 and -30 <= all (reminder_stages) and 90 >= all (reminder_stages)
    and array_position(reminder_stages, null) is null),
  add column pay_to clean_text constraint properties_pay_to check (length(pay_to) between 1 and 300),
  add column greeting text not null default 'none'
    constraint properties_greeting check (greeting in ('none', 'kak', 'bapak_ibu', 'mas_mbak'));

-- A rent is known by its lease and period, before it is posted and after; every other bill by its charge.
create table reminders (
  id bigint generated always as identity primary key,
  property_id bigint not null references properties,
  tenant_id bigint not null,
  charge_id bigint references charges,
  lease_id bigint references leases,
  period_start date,
  stage smallint not null,
  due_on date not null,
  -- What was open of the bill on that day.
  amount numeric(14, 2) not null check (amount > 0 and amount <> 'NaN'),
  channel text not null check (channel in ('whatsapp', 'email', 'sms', 'other')),
  sent_on date not null,
  event_id bigint not null,
  actor text not null default session_user,
  created_at timestamptz not null default now(),
  constraint reminders_tenant foreign key (tenant_id, property_id) references tenants (id, property_id),
  constraint reminders_about_one check (
    num_nonnulls(charge_id, lease_id) = 1 and (lease_id is null) = (period_start is null)),
  constraint reminders_once_a_day unique (tenant_id, sent_on)
);
create unique index reminders_charge_once on reminders (charge_id, stage) where charge_id is not null;
create unique index reminders_rent_once on reminders (lease_id, period_start, stage) where lease_id is not null;
create index idx_reminders_property on reminders (property_id, sent_on desc, id desc);
select keep_rows('reminders');
select keep_history('reminders');

create function grant_reminders() returns void language plpgsql as $$
begin
  grant select on reminders to ekost_landlord, ekost_staff, ekost_readonly, ekost_worker, ekost_metrics;
  grant insert on reminders to ekost_landlord, ekost_staff;
end $$;
