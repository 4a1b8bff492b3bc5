-- When somebody last worked on it: null while it waits, and long ago when its worker was killed.
alter table imports add column worked_at timestamptz;
create index idx_imports_open on imports (id) where state in ('queued', 'running');
