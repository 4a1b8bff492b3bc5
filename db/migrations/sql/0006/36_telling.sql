-- What only the functions of the database tell of: money of the ledger, since before, and now expenses and cash.
create or replace function append_event(event bigint, type text, entity_type text, entity bigint, property bigint,
                                        tenant bigint, payload jsonb)
returns timestamptz language plpgsql security definer as $$
begin
  if type in ('PaymentRecorded', 'PaymentsImported', 'PaymentsReversed', 'ChargePosted', 'ChargesPosted',
              'EntryReversed', 'DepositReceived', 'DepositApplied', 'DepositRefunded',
              'BalanceCalculated', 'BalancesCalculated',
              'ExpenseRecorded', 'ExpenseReversed', 'CashHandedOver', 'CashCounted', 'CashConfirmed', 'CashVoided') then
    perform require_grade('{worker}', property);
  else
    perform require_grade('{landlord,staff,worker}', property);
  end if;
  return write_event(event, type, entity_type, entity, property, tenant, payload);
end $$;
select make_definer('append_event(bigint, text, text, bigint, bigint, bigint, jsonb)');
