"""The lists of the book, described for the big table: what is shown, how it is read, which command does the same."""
