-- A book may hold imports that an older program was sorting out in one piece; they are now sorted in parts. What such a
-- one had read is forgotten: its next step says so (`import_lost`), and the same file, imported again, skips what was
-- posted.
do $$
declare
  doomed text;
begin
  if exists (select from pg_attribute where attrelid = 'import_chunks'::regclass and attname = 'part' and not attisdropped) then
    return;
  end if;
  for doomed in select relname from pg_class
                 where relkind = 'r' and relnamespace = current_schema()::regnamespace
                   and relname ~ '^import_(stage|ready|values|days|tenants)_[0-9]+' loop
    execute format('drop table %I', doomed);
  end loop;
  delete from import_chunks;
  -- A part is some tenants' rows, or those of partitions that are new. Rows go by the order of posting; both are 0 while
  -- the part has not been sorted.
  alter table import_chunks
    drop constraint import_chunks_pkey,
    drop constraint import_chunks_check,
    add column part smallint not null,
    add primary key (import_id, part, first_row),
    add check (first_row between 0 and last_row and (first_row = 0) = (last_row = 0));
end $$;
