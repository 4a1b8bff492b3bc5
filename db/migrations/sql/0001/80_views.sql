-- What the lists show. Each view adds to one base row by index look-ups only, so a page of 50 reads 50 rows.
create view tenant_list with (security_invoker = true) as
select t.id, t.code, t.name, t.name_key, t.phone, t.email, t.property_id, p.code as property, p.currency,
       stay.room, stay.room_key, stay.room_id, stay.lease_id, stay.monthly_rent, ever.moved_in_on, ever.moved_out_on,
       b.total_charges, b.total_payments, b.outstanding_balance, b.deposit_held, b.paid_through_on, b.oldest_due_on,
       greatest(business_date(p.timezone) - b.oldest_due_on, 0) as days_overdue, b.status, b.calculated_at,
       t.search_text, t.created_at, t.deleted_at
  from tenants t
  join properties p on p.id = t.property_id
  join balances b on b.tenant_id = t.id
  left join lateral (
    -- The lease of today, else the next one to come.
    select l.id as lease_id, l.room_id, r.number as room, r.number_key as room_key,
           (select lt.monthly_rent from lease_terms lt
             where lt.lease_id = l.id and lt.effective_on <= greatest(business_date(p.timezone), l.starts_on)
             order by lt.effective_on desc limit 1) as monthly_rent
      from leases l join rooms r on r.id = l.room_id
     where l.tenant_id = t.id and (l.ends_on is null or l.ends_on > business_date(p.timezone))
       and l.ends_on is distinct from l.starts_on
     order by l.starts_on limit 1) stay on true
  left join lateral (
    select min(l.starts_on) as moved_in_on,
           case when bool_and(l.ends_on is not null) then max(l.ends_on) end as moved_out_on
      from leases l where l.tenant_id = t.id and l.ends_on is distinct from l.starts_on) ever on true;

create view tenant_balances with (security_invoker = true) as
select id as tenant_id, name, monthly_rent, total_payments, outstanding_balance, property_id, total_charges,
       paid_through_on, oldest_due_on, days_overdue, calculated_at
  from tenant_list where deleted_at is null;

create view room_list with (security_invoker = true) as
select r.id, p.code as property, r.number, r.number_key, r.room_type, r.monthly_rent, r.capacity, now_in.occupied,
       -- Of this very day: the stored status follows with the next write or `billing run`.
       case when r.status = 'renovation' then 'renovation' when now_in.occupied >= r.capacity then 'occupied'
            else 'available' end as status, r.basis,
       r.property_id, p.currency, r.created_at, r.deleted_at
  from rooms r
  join properties p on p.id = r.property_id
  left join lateral (
    select count(*) as occupied from leases l
     where l.room_id = r.id and l.starts_on <= business_date(p.timezone)
       and (l.ends_on is null or l.ends_on > business_date(p.timezone))) now_in on true;

create view lease_list with (security_invoker = true) as
select l.id, t.code as tenant, t.name as tenant_name, p.code as property, r.number as room, l.starts_on, l.ends_on,
       terms.monthly_rent, terms.billing_day, l.next_period_on, l.basis, l.tenant_id, l.room_id, l.property_id, p.currency
  from leases l
  join tenants t on t.id = l.tenant_id
  join rooms r on r.id = l.room_id
  join properties p on p.id = l.property_id
  left join lateral (
    select lt.monthly_rent, lt.billing_day from lease_terms lt
     where lt.lease_id = l.id and lt.effective_on <= greatest(business_date(p.timezone), l.starts_on)
     order by lt.effective_on desc limit 1) terms on true;

create view payment_list with (security_invoker = true) as
select x.id, t.code as tenant, t.name as tenant_name, p.code as property, x.payment_date, x.amount, x.method, x.reference,
       x.note, x.import_id, x.reverses_id, v.reversal_id as reversed_by, x.actor, x.created_at,
       x.tenant_id, x.property_id, p.currency
  from payments x
  join tenants t on t.id = x.tenant_id
  join properties p on p.id = x.property_id
  left join reversals v on v.entry = 'payment' and v.entry_id = x.id;

create view charge_list with (security_invoker = true) as
select x.id, t.code as tenant, t.name as tenant_name, p.code as property, x.kind, x.period_start, x.period_end, x.days,
       x.of_days, x.charged_on, x.due_on, x.amount, x.description, x.reverses_id, v.reversal_id as reversed_by,
       x.related_id, x.actor, x.created_at, x.lease_id, x.tenant_id, x.property_id, p.currency
  from charges x
  join tenants t on t.id = x.tenant_id
  join properties p on p.id = x.property_id
  left join reversals v on v.entry = 'charge' and v.entry_id = x.id;
