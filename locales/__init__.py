"""How it is said: catalogs, money, dates."""
