select 'lease' as entity, l.id, l.starts_on, min(t.effective_on) as terms_from
  from leases l left join lease_terms t on t.lease_id = l.id
 group by l.id having min(t.effective_on) is null or min(t.effective_on) > l.starts_on
 order by l.id
