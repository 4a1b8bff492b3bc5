select 'partition' as entity, 'payments_default' as id, count(*) as lines, min(payment_date) as first,
       max(payment_date) as last
  from payments_default having count(*) > 0
union all
select 'partition', 'events_default', count(*), min(recorded_at)::date, max(recorded_at)::date
  from events_default having count(*) > 0
union all
select 'partition', 'audit_log_default', count(*), min(occurred_at)::date, max(occurred_at)::date
  from audit_log_default having count(*) > 0
