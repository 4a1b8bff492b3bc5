"""Bank statements: how each bank writes one, whether it adds up, and whose money a line may be."""
