"""Changes of what is known of the bank: statements brought in, lines matched, rules."""
