-- Every subject says in a function of its own what the groups may: `grant_<subject>`, called by this one.
alter function install_roles() rename to grant_book;
create function install_roles() returns void language plpgsql as $$
declare
  granting regproc;
begin
  perform grant_book();
  for granting in select p.oid::regproc from pg_proc p
                   where p.pronamespace = current_schema()::regnamespace and p.proname like 'grant\_%'
                     and p.proname <> 'grant_book' order by p.proname loop
    execute format('select %s()', granting);
  end loop;
end $$;
revoke execute on function install_roles() from public;

do $$
begin
  if to_regrole('ekost_metrics') is not null
     or (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) then
    perform install_roles();
  end if;
end $$;
