-- What an administrator could do by hand. Each head names the checks that must notice, the one to prove first,
-- then the entity and a part of the detail of one of its rows.

--- balances_match_ledger | tenant | total_payments=1600001.00 payments_posted=1600000.00
update balances set total_payments = total_payments + 1 where tenant_id = (select id from behind);

--- balances_match_ledger | tenant | total_charges=-
delete from balances where tenant_id = (select id from behind);

--- tenant_balances_show_balances | tenant | lines=1
create or replace view tenant_balances as
select id as tenant_id, name, monthly_rent, total_payments,
       (outstanding_balance + 1)::numeric(16, 2) as outstanding_balance,
       property_id, total_charges, paid_through_on, oldest_due_on, days_overdue, calculated_at
  from tenant_list;

--- tenant_balances_show_balances | tenant | lines=-
create or replace view tenant_balances as
select id as tenant_id, name, monthly_rent, total_payments,
       outstanding_balance,
       property_id, total_charges, paid_through_on, oldest_due_on, days_overdue, calculated_at
  from tenant_list where code <> 'GUEST';

--- standings_match_ledger | tenant | status_due=partial
update balances set status = 'paid' where status = 'partial';

--- standings_match_ledger | tenant | paid_through_on=2020-01-01
update balances set paid_through_on = '2020-01-01' where tenant_id = (select id from behind);

--- standings_match_ledger | tenant | oldest_due_on=-
update balances set oldest_due_on = null where tenant_id = (select id from behind);

--- aging_adds_up reversals_negate_originals audit_tells_events | tenant | balance=-20001.00
update charges set amount = amount - 1 where id = (select min(reversal) from damage);
update balances set total_charges = total_charges - 1 where tenant_id = (select min(tenant_id) from damage);
update events set payload = payload || '{"amount": "-50001.00"}'
 where id = (select event_id from charges where id = (select min(reversal) from damage));

--- deposits_add_up | tenant | held=600001.00 received=900000.00 applied=200000.00 refunded=100000.00
update balances set deposit_held = deposit_held + 1 where deposit_held > 0;

--- deposit_payments_match_entries | deposit_entry | payment_id=-
update deposit_entries set payment_id = null where id = (select min(id) from deposit_entries where kind = 'applied');

--- deposit_payments_match_entries cash_sums_match_payments | payment | entry_amount=-
update payments set method = 'deposit' where id = (select id from a_payment);

--- reversals_negate_originals cash_sums_match_payments | payment | amount=-1500000.00 original_amount=1500000.00
update payments set method = 'qris' where reverses_id is not null and method = 'cash';

--- reversals_negate_originals | charge | original=
update charges set kind = 'water' where id = (select min(reversal) from damage);

--- reversals_recorded | payment | posted=True recorded=False
delete from reversals
 where entry = 'payment' and reversal_id = (select min(reversal_id) from reversals where entry = 'payment');

--- reversals_recorded | payment | posted=False recorded=True
insert into reversals values ('payment', 990001, (select id from a_payment), 'why');

--- entries_reversed_once reversals_recorded aging_adds_up standings_match_ledger rule_guards_in_place | charge | reversals=2
alter table charges drop constraint charges_reversed_once;
update charges set reverses_id = (select min(original) from damage)
 where reverses_id = (select max(original) from damage);

--- rent_periods_tile | charge | problem=gap
update charges set period_end = period_end - 1 where id = (select id from a_rent);

--- rent_periods_tile | charge | problem=overlap
update charges set period_end = period_end + 3 where id = (select id from a_rent);

--- rent_periods_tile | lease | problem=gap
update leases set next_period_on = next_period_on + 31 where tenant_id = (select id from behind);

--- rent_periods_tile | lease | next_from=-
update leases set next_period_on = null where tenant_id = (select id from behind);

--- rent_periods_tile | charge | problem=overlap
update leases set billed_from_on = billed_from_on + 1 where tenant_id = (select id from behind);

--- rent_periods_tile | lease | problem=gap
update lease_terms set monthly_rent = 1 where monthly_rent = 0;

--- leases_have_terms | lease | terms_from=
update lease_terms set effective_on = effective_on + 1
 where lease_id = (select id from leases where tenant_id = (select id from behind));

--- rows_stay_with_their_tenant | charge |
update charges set property_id = property_id - 1 where id = (select id from a_rent);

--- rows_stay_with_their_tenant rule_guards_in_place cash_sums_match_payments | payment |
alter table payments drop constraint payments_tenant;
update payments set property_id = property_id - 1 where id = (select id from a_payment);

--- rows_stay_with_their_tenant | balance |
update balances set property_id = property_id - 1 where tenant_id = (select id from behind);

--- rows_stay_with_their_tenant | lease |
update rooms set property_id = property_id - 1 where number = 'A1';

--- notes_stay_in_their_place | note | lease=-
update notes set property_id = property_id - 1 where tenant_id is not null;

--- notes_stay_in_their_place | inventory_check | lease=
update inventory_checks set lease_id = (select min(id) from leases where room_id <> inventory_checks.room_id);

--- readings_never_fall readings_charged_once | meter_reading | before_value=1250.300
update meter_readings set value = 1250.2, usage = 0 where usage > 0;

--- readings_charged_once | meter_reading | charged=111988.00
update utility_charges set tariff_id = (select max(id) from tariffs);

--- rooms_within_capacity lease_slots_exist | room | tenants=2 capacity=1
update rooms set capacity = 1 where number = 'B2';

--- lease_slots_exist | lease | slot=7 capacity=1
update leases set slot = 7 where tenant_id = (select id from behind);

--- beds_let_once rule_guards_in_place | lease | taken_until=-
alter table leases drop constraint leases_slot_free;
update leases set slot = 1 where room_id = (select id from rooms where number = 'B2');

--- tenants_in_one_room rule_guards_in_place | lease | housed_until=-
alter table leases drop constraint leases_tenant_one_room;
update leases set tenant_id = (select id from behind) where tenant_id = (select id from tenants where code = 'COMING');

--- room_status_matches_leases | room | tenants=1
update rooms set status = 'available' where number = 'A1';

--- room_status_matches_leases | room | status=occupied
update rooms set status = 'occupied' where number = 'A5';

--- room_status_matches_leases | room | tenants=0
update rooms set status = 'renovation' where number = 'A5';

--- entries_have_an_event events_own_their_entries | charge | event=990001 type=-
update charges set event_id = 990001 where id = (select id from a_rent);

--- entries_have_an_event tenant_events_gapless audit_tells_events deliveries_fit_their_event | payment | event_tenant=
update events set tenant_id = tenant_id + 1
 where id = (select event_id from payments where id = (select id from a_payment));

--- entries_have_an_event | inventory_check | event=990001
update inventory_checks set event_id = 990001;

--- events_own_their_entries audit_tells_events | event | told_amount=1.00
update events set payload = payload || '{"amount": "1.00"}' where type = 'PaymentRecorded';

--- events_own_their_entries audit_tells_events | event | told_amount=-
update events set payload = payload || '{"amount": "x"}' where type = 'DepositReceived';

--- events_own_their_entries audit_tells_events | event | told_count=999
update events set payload = payload || '{"count": 999}' where type = 'ChargesPosted';

--- events_own_their_entries audit_tells_events deliveries_fit_their_event | event | charges=2
update events set type = 'TenantChanged' where type = 'TenantMoved';

--- events_own_their_entries audit_tells_events | event | told_entry=
update events set entity_id = entity_id + 1 where type = 'ChargePosted';

--- events_numbered_once | event | events=2
insert into events (id, recorded_at, type, entity_type, entity_id, payload)
select id, recorded_at + interval '1 second', type, entity_type, entity_id, payload
  from events where type = 'RoomAdded' limit 1;

--- events_have_deliveries | event | consumer=balances
delete from deliveries where consumer = 'balances' and state = 'discarded';

--- events_have_deliveries | event | type=RoomAdded consumer=audit
insert into events (type, entity_type, entity_id, payload) values ('RoomAdded', 'room', 1, '{}');

--- tenant_events_gapless | tenant | event_seq=
update tenants set event_seq = event_seq + 1 where id = (select id from behind);

--- tenant_events_gapless | tenant | first=1
update events set tenant_seq = tenant_seq + 1 where tenant_seq > 2 and tenant_id = (select id from behind);

--- tenant_events_gapless | tenant | numbers=1
update events set tenant_seq = 1 where tenant_id = (select id from behind);

--- request_keys_answered | request_key | operation=record_payment
insert into request_keys (key, operation, request_hash) values ('k-1', 'record_payment', sha256('x'));

--- events_own_their_entries audit_tells_events | event | type=PaymentsImported
update events set payload = payload || '{"amount": "1.00"}' where type = 'PaymentsImported';

--- events_own_their_entries audit_tells_events | event | type=PaymentsReversed
update events set payload = payload || '{"count": 2}' where type = 'PaymentsReversed';

--- imports_add_up | import | state=done rows_total=2 rows_applied=1 known=1 rows_skipped=0 rows_rejected=1 errors=0
delete from import_errors where import_id = (select id from imports where kind = 'rooms');

--- imports_add_up finished_imports_told | import | rows_skipped=1
update imports set rows_skipped = rows_skipped + 1, rows_total = rows_total + 1, rows_rejected = rows_rejected - 1,
       rows_applied = rows_applied + 1 where kind = 'payments' and state = 'done';

--- imported_rows_are_known | payment | state=done line=-
update import_rows set fingerprint = '\x00', entry_id = 0 where entry_id = (select max(id) from payments where import_id =
  (select min(id) from imports where kind = 'payments'));

--- imported_rows_are_known cash_sums_match_payments | payment | state=undone line=- reversed_by=-
update payments set import_id = (select id from imports where state = 'undone') where id = (select id from a_payment);

--- imported_rows_are_known | import | state=tenants
update import_rows set entry_id = 990001 where import_id = (select id from imports where kind = 'tenants');

--- default_partitions_empty | partition | lines=1
with told as (
  insert into events (recorded_at, type, entity_type, entity_id, payload)
  values ('1990-01-01', 'RoomAdded', 'room', 1, '{}') returning id, recorded_at
)
insert into deliveries (event_id, event_at, consumer, max_attempts)
select id, recorded_at, 'audit', 5 from told;

--- partitions_ahead | partition | table=payments
do $$ begin
  execute 'alter table payments detach partition payments_' || to_char(now() + interval '1 month', 'YYYY_MM');
end $$;

--- history_is_guarded | table | rows_guarded=False truncate_guarded=True
alter table charges disable trigger append_only;

--- history_is_guarded | table | rows_guarded=True truncate_guarded=False
drop trigger no_truncate on payments_default;

--- history_is_guarded | table | rows_guarded=False
do $$ begin
  execute 'alter table events_' || to_char(now(), 'YYYY_MM') || ' disable trigger append_only';
end $$;

--- balances_follow_entries | table | triggers=0
drop trigger balances_add_payments on payments_default;

--- balances_follow_entries | table | triggers=0
alter table charges disable trigger balances_add_charges;

--- balances_follow_entries | table | triggers=2
create trigger twice after insert on charges referencing new table as inserted
  for each statement execute function balances_add_charges();

--- rule_guards_in_place | guard | table=charges
alter table charges drop constraint charges_sign;

--- rule_guards_in_place | guard | table=rooms
drop index rooms_number_key;

--- rule_guards_in_place | guard | table=rooms
alter table rooms disable trigger rooms_capacity_in_use;

--- schema_is_valid | constraint | table=rooms
alter table rooms add constraint tall check (capacity < 99) not valid;

--- schema_is_valid | index | table=payments
create index half_built on only payments (note);

--- closings_match_ledger | tenant | total_charges=
update balance_closings set total_charges = total_charges + 1
 where tenant_id = (select id from behind) and closed_on = (select max(closed_on) from balance_closings);

--- closings_match_ledger | tenant | payments_posted=1500000.00
update balance_closings set total_payments = 0 where tenant_id = (select id from behind);

--- deliveries_fit_their_event | delivery | consumer=balances type=RoomAdded
insert into deliveries (event_id, event_at, consumer, max_attempts)
select id, recorded_at, 'balances', 4 from events where type = 'RoomAdded' limit 1;

--- deliveries_fit_their_event | delivery | consumer=nobody
insert into deliveries (event_id, event_at, consumer, max_attempts)
select id, recorded_at, 'nobody', 4 from events where type = 'BalanceCalculated' limit 1;

--- deliveries_fit_their_event | delivery | event_tenant=
update deliveries set tenant_id = null where tenant_id = (select id from behind);

--- deliveries_fit_their_event | delivery | attempts=9 max_attempts=4
update deliveries set attempts = 9 where event_id = (select min(event_id) from deliveries where consumer = 'balances');

--- deliveries_not_dead | delivery | consumer=balances
update deliveries set state = 'dead', discard_reason = null where state = 'discarded';

--- discarded_deliveries_told | delivery | reason=no reason
update deliveries set discard_reason = 'no reason' where state = 'discarded';

--- balances_told_once | event | type=PaymentRecorded state=ready times=1
update deliveries set state = 'ready', done_at = null where consumer = 'balances' and event_id =
  (select event_id from payments where id = (select id from a_payment));

--- balances_told_once | event | times=0
update events set payload = payload || '{"eventIds": []}'
 where id = (select min(id) from events where type = 'BalanceCalculated');

--- balances_told_once | event | state=done times=2
update events set payload = payload || (select jsonb_build_object('eventIds', payload -> 'eventIds') from events
                                         where type = 'BalanceCalculated' order by id limit 1)
 where id = (select max(id) from events where type = 'BalanceCalculated');

--- balances_told_once | event | type=- state=- times=1
update events set payload = payload || '{"eventId": 990001}' where type = 'BalancesCalculated';

--- audited_events_logged | event | state=done position=-
delete from audit_log where position = (select max(position) from audit_log);
update audit_head set position = position - 1, hash = (select hash from audit_log order by position desc limit 1);

--- audited_events_logged | event | state=ready position=
update deliveries set state = 'ready', done_at = null where consumer = 'audit' and event_id =
  (select min(id) from events where type = 'RoomAdded');

--- audit_tells_events | audit | operation=RoomClosed type=RoomAdded
update audit_log set operation = 'RoomClosed' where operation = 'RoomAdded';

--- audit_tells_events | audit | type=PaymentRecorded
update audit_log set details = details || '{"amount": "1.00"}' where operation = 'PaymentRecorded';

--- audit_tells_events | audit | actor=somebody
update audit_log set actor = 'somebody' where operation = 'TenantMoved';

--- audit_tells_events audited_events_logged | audit | type=-
update audit_log set event_id = 990001 where position = 3;

--- audit_tells_events audit_positions_gapless | audit | event=990001
with forged as (
  insert into audit_log (position, event_id, occurred_at, recorded_at, operation, entity_type, entity_id, actor, details,
                         previous_hash, hash)
  select position + 1, 990001, now(), now(), 'PaymentRecorded', 'payment', 1, 'me', '{}', hash, sha256('x') from audit_head
)
update audit_head set position = position + 1;

--- audit_positions_gapless | audit | before=2 linked=True
update audit_log set position = position + 1000 where position > 2;
update audit_log set position = position - 999 where position > 2;
update audit_head set position = position + 1;

--- audit_positions_gapless | audit | linked=False
update audit_log set hash = sha256('x') where position = 5;

--- audit_positions_gapless | audit_head | linked=False
update audit_head set hash = sha256('x');

--- audit_positions_gapless | audit_head |
delete from audit_head;

--- imported_rows_are_known cash_sums_match_payments | payment | import=990001 state=-
update payments set import_id = 990001 where id = (select id from a_payment);

--- import_chunks_fit | import | state=done part=0 first_row=1
insert into import_chunks (import_id, part, first_row, last_row) select min(id), 0, 1, 1 from imports where state = 'done';

--- import_chunks_fit | import | state=queued part=0 first_row=2 last_row=2 before=2
do $$ declare new bigint; begin
  insert into imports (kind, file_name, file_hash, rows_total) values ('payments', 'x.csv', repeat('0', 64), 2)
    returning id into new;
  execute 'create table import_ready_' || new || '_0 (position bigint)';
  insert into import_chunks (import_id, part, first_row, last_row) select new, 0, n, 2 from generate_series(1, 2) n;
end $$;

--- finished_imports_told audit_tells_events | import | state=done rows_applied=2 told=0
update events set entity_id = 990001 where type = 'ImportFinished';

--- finished_imports_told audit_tells_events | import | told=4
update events set entity_id = (select min(id) from imports) where type = 'ImportFinished';

--- finished_imports_told imports_add_up | import | rows_applied=0 told=1 applied_told=1
update imports set rows_applied = 0, rows_skipped = rows_skipped + rows_applied where kind = 'tenants';

--- finished_imports_told | import | state=queued
insert into imports (kind, file_name, file_hash, rows_total) values ('payments', 'x.csv', repeat('0', 64), 2);

--- finished_imports_told | import | table=import_stage_990001
create table import_stage_990001 (line bigint);

--- finished_imports_told | import | table=import_load_
do $$ begin
  execute 'create table import_load_' || (select min(id) from imports) || '_2020_01 (line bigint)';
end $$;

--- workers_seen_in_time | worker |
insert into workers (host, pid, queues, seen_at) values ('here', 1, '{audit}', now() + interval '1 day');

--- workers_seen_in_time | schedule |
insert into schedules values ('billing', 'x', now() + interval '1 day');

--- default_partitions_empty events_have_deliveries | partition | lines=1
insert into events (recorded_at, type, entity_type, entity_id, payload)
values ('1990-01-01', 'RoomAdded', 'room', 1, '{}');

--- history_is_guarded | table | rows_guarded=False
alter table audit_log disable trigger append_only;

--- history_is_guarded | table | truncate_guarded=False
drop trigger no_truncate on balance_drifts;

--- rule_guards_in_place | guard | table=audit_head
alter table audit_head disable trigger audit_head_grows;

--- reminders_sent_once | reminder | bill_of=
update reminders set lease_id = (select max(id) from leases);

--- reminders_sent_once rule_guards_in_place | reminder | on_the_day=2
alter table reminders drop constraint reminders_once_a_day;
drop index reminders_rent_once;
insert into reminders (property_id, tenant_id, lease_id, period_start, stage, due_on, amount, channel, sent_on, event_id)
select property_id, tenant_id, lease_id, period_start, stage, due_on, amount, channel, sent_on, event_id from reminders;

--- expense_reversals_negate_originals expenses_have_an_event | expense | amount=-74999.00 original_amount=75000.00
update expenses set amount = amount + 1 where reverses_id is not null;

--- expense_reversals_negate_originals | expense | holder=rini
update expenses set holder = 'rini' where reverses_id is not null;

--- expenses_have_an_event | expense | amount=350001.00 told=350000.00
update expenses set amount = amount + 1 where amount = 350000;

--- expenses_have_an_event | confirmation | type=CashHandedOver
update cash_confirmations c set event_id = h.event_id from cash_handovers h where h.id = c.handover_id;

--- expenses_of_their_property expenses_have_an_event | confirmation | property=
update cash_confirmations set property_id = (select id from properties where code = 'KOSB');

--- cash_sums_match_payments | property | kept=-
delete from cash_received;

--- cash_sums_match_payments | property | taken=-
insert into cash_received (property_id, holder, day, amount) values ((select min(id) from properties), 'rini', '2026-01-01', 1);

--- cash_handovers_signed_by_two expenses_have_an_event | handover | amount=90000000.00
update cash_handovers set amount = 90000000 where amount = 200000;

--- cash_handovers_signed_by_two | handover | confirmed_by=
update cash_confirmations set actor = (select actor from cash_handovers h where h.id = handover_id);

--- late_fees_once | charge | cap=-
update charges f set kind = 'late_fee', period_start = '2030-01-01', period_end = '2030-01-02',
                     related_id = (select max(c.id) from charges c where c.kind = 'rent' and c.tenant_id = f.tenant_id)
 where kind = 'opening' and tenant_id = (select id from tenants where code = 'BROUGHT');

--- late_fees_once | charge | standing=750000.00 cap=1.00
update leases set late_fee = 'percent', late_fee_rate = 1, late_fee_cap_amount = 1
 where tenant_id = (select id from tenants where code = 'BROUGHT');
update charges f set kind = 'late_fee', period_start = '2030-01-01', period_end = '2030-01-02',
                     related_id = (select max(c.id) from charges c where c.kind = 'rent' and c.tenant_id = f.tenant_id)
 where kind = 'opening' and tenant_id = (select id from tenants where code = 'BROUGHT');

--- receipts_numbered | receipt | number=3 place=2
update receipts set number = 3 where number = 2;

--- receipts_numbered | receipt | number=1
update receipts set tenant_id = (select max(id) from tenants) where number = 1;

--- bank_matches_fit | bank_line | amount=-6000.00 entry_amount=-5000.00
update bank_lines set amount = -6000 where amount = -5000;

--- bank_statements_add_up | bank_statement | lines_added=1 lines=2
update bank_statements set lines_added = 1;
