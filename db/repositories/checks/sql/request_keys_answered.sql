select 'request_key' as entity, key as id, operation, created_at from request_keys where result is null order by key
