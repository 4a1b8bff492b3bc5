"""Files of payments, tenants and rooms: staged as they are read, checked by set, applied chunk by chunk."""
