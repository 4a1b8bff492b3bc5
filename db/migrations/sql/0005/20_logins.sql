-- Who may do what. A person has a login role of her own in one of the groups; rights are granted to the groups, and
-- which properties she sees stands here, by `session_user`: no SET changes that one.
create table logins (
  role_name text primary key,
  grade text not null check (grade in ('landlord', 'staff', 'readonly', 'worker', 'backup', 'metrics')),
  -- Null: all of them, those of tomorrow too.
  property_ids bigint[] check (cardinality(property_ids) > 0),
  actor text not null default session_user,
  created_at timestamptz not null default now()
);

-- Whether this is the role that owns the book, one of its members, or a superuser.
create function is_owner() returns boolean language sql stable
  return (select pg_has_role(session_user, relowner, 'member') from pg_class where oid = 'properties'::regclass);

-- Whether this person sees all properties, and with them what belongs to none.
create function sees_all() returns boolean language sql stable security definer as $$
  select exists (select from logins where role_name = session_user and property_ids is null)
$$;

-- The properties whose rows this person sees; null for who sees all, or is not known here.
create function my_properties() returns bigint[] language sql stable security definer as $$
  select property_ids from logins where role_name = session_user
$$;

-- Refuse who is not of one of these grades, or does not see the property (null: who does not see all).
create function require_grade(grades text[], property bigint) returns void language plpgsql stable as $$
begin
  if is_owner() or exists (
      select from logins
       where role_name = session_user and grade = any (grades)
         and pg_has_role(session_user, 'ekost_' || grade, 'member')
         and (property_ids is null or property = any (property_ids))) then
    return;
  end if;
  raise exception 'not allowed' using errcode = 'insufficient_privilege';
end $$;
