with entries as (
  select tenant_id, sum(amount) filter (where kind = 'received') as received,
         sum(amount) filter (where kind = 'applied') as applied,
         sum(amount) filter (where kind = 'refunded') as refunded
    from deposit_entries group by tenant_id
), deposits as (
  select b.tenant_id, b.deposit_held as held, coalesce(e.received, 0) as received, coalesce(e.applied, 0) as applied,
         coalesce(e.refunded, 0) as refunded
    from balances b left join entries e using (tenant_id)
)
select 'tenant' as entity, tenant_id as id, held, received, applied, refunded from deposits
 where received <> held + applied + refunded or least(held, received, applied, refunded) < 0
 order by tenant_id
