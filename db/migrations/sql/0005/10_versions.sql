-- The oldest schema whose programs still work with this one. A revision adds what the next version needs and takes
-- nothing away that this version uses; what is superseded goes one version later.
create function oldest_program() returns text language sql immutable return '0004';
