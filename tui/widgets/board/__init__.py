"""The board: the same rows as the big table's, as tiles beside each other, under the name of what they belong to."""
