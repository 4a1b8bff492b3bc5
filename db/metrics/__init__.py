"""What is measured, how much of it is too much, and where numbers of short commands are kept."""
