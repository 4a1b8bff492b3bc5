-- Give a person a login of her own in a group, and take it back. For the owner of the book alone.
create function add_login(login text, grade text, property_ids bigint[], password text) returns void
language plpgsql as $$
begin
  -- What is granted already stays so: only a book that was restored, or one whose owner may do this since, has less.
  if to_regrole('ekost_metrics') is null
     or not has_table_privilege('ekost_metrics', 'monthly_summary', 'select') then
    perform install_roles();
  end if;
  if grade = 'backup' and not (select rolbypassrls from pg_roles where rolname = 'ekost_backup') then
    raise exception 'ekost_backup does not see all rows' using errcode = 'EK003';
  end if;
  execute format('create role %I login password %L', login, password);
  execute format('grant %I to %I', 'ekost_' || grade, login);
  if grade in ('worker', 'backup') then
    -- What it makes, and what it sees, is the group's.
    execute format('alter role %I set role = %L', login, 'ekost_' || grade);
  end if;
  -- A book that was restored on another server knows logins that have no role there.
  delete from logins where role_name = login;
  insert into logins (role_name, grade, property_ids) values (login, grade, property_ids);
end $$;

-- Its rights end at once, in a session that is still open too. The role stays only where something is called by it.
create function revoke_login(login text) returns void language plpgsql as $$
declare
  held text;
begin
  perform pg_advisory_xact_lock(hashtext('install_roles'));
  delete from logins where role_name = login returning grade into held;
  if to_regrole(quote_ident(login)) is null then
    return;
  end if;
  execute format('revoke %I from %I', 'ekost_' || held, login);
  execute format('alter role %I nologin', login);
  begin
    execute format('drop role %I', login);
  exception when dependent_objects_still_exist or object_in_use then
    null;
  end;
end $$;
