, wanted as (
  select parent, month::date, parent || to_char(month, '_YYYY_MM') as monthly,
         parent || to_char(month, '_YYYY') as yearly
    from unnest(array['payments', 'events', 'audit_log']) parent,
         generate_series(date_trunc('month', now()), date_trunc('month', now()) + interval '1 month', '1 month') month
)
select 'partition' as entity, w.monthly as id, w.parent as table, w.month
  from wanted w
 where not exists (select from family f where f.parent = w.parent and f.name in (w.monthly, w.yearly))
 order by 2
