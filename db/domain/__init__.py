"""Pure rules: no clock, no settings, no SQL."""
