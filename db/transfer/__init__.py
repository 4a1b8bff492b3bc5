"""The whole book as plain text, and back: so that nobody depends on this program to keep what is theirs."""
