"""Reports: what the book comes to, worked out from its entries for any day or range of days."""
