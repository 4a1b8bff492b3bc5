"""E-Kost without a face: domain rules, tables, questions, changes."""
