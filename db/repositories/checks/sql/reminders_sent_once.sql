with billed as (
  select r.*, coalesce(c.tenant_id, l.tenant_id) as whose from reminders r
    left join charges c on c.id = r.charge_id left join leases l on l.id = r.lease_id
), counted as (
  select id, tenant_id, sent_on, stage, whose,
         count(*) over (partition by tenant_id, sent_on) as on_the_day,
         -- In the order of the days: a stage that is not later than one before was sent again, or behind it.
         coalesce(stage <= max(stage) over (partition by charge_id, lease_id, period_start order by sent_on, id
                                            rows between unbounded preceding and 1 preceding), false) as again
    from billed
)
select 'reminder' as entity, id, tenant_id as tenant, sent_on, stage, on_the_day, again as sent_again, whose as bill_of
  from counted where on_the_day > 1 or again or whose is distinct from tenant_id
 order by id
