"""The audit log: how a row is sealed, and questions about it."""

# What the hash of a row covers, after the hash of the row before it: a JSON array in the order of these values, as
# PostgreSQL prints it. Only built-in functions: who replaces one of ours changes no verdict.
CANONICAL = """convert_to(jsonb_build_array(
  position, event_id, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), operation, entity_type, entity_id,
  property_id, tenant_id, actor, before, after, details)::text, 'UTF8')"""
