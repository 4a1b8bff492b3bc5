-- The list of all leases, the newest first; those of one property have an index already.
create index idx_leases_starts_on on leases (starts_on desc, id desc);
