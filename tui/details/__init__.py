"""What lies behind a row: a tenant, a room, a payment, an import, each with its lists."""
