-- Every tenant's ledger filled first in first out (R12): `beyond` is what stays open up to and with a debt.
-- Sums come from the entries, not from `balances`: a wrong balance must not excuse a wrong standing.
with living as materialized (
  select c.id, c.tenant_id, c.kind, c.due_on, c.period_start, c.period_end, c.amount from charges c
   where c.reverses_id is null and not exists (select from charges r where r.reverses_id = c.id)
), paid as (
  select tenant_id, sum(amount) as amount from payments group by tenant_id
), charged as (
  select tenant_id, sum(amount) filter (where amount > 0) as owed, -sum(amount) filter (where amount < 0) as credited
    from living group by tenant_id
), money as materialized (
  select t.id as tenant_id, t.property_id, charge_order_of(t.id) as charge_order, coalesce(c.owed, 0) as owed,
         coalesce(p.amount, 0) + coalesce(c.credited, 0) as amount
    from tenants t left join paid p on p.tenant_id = t.id left join charged c on c.tenant_id = t.id
), queue as (
  select l.tenant_id, m.property_id, l.kind, l.due_on, l.period_start, l.period_end, l.amount,
         row_number() over filling as place, sum(l.amount) over filling - m.amount as beyond
    from living l join money m using (tenant_id) where l.amount > 0
  window filling as (partition by l.tenant_id order by l.due_on, charge_rank(l.kind, m.charge_order), l.id)
)
