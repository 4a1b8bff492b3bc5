"""The ledger in the words of double-entry bookkeeping, for hledger and beancount."""
