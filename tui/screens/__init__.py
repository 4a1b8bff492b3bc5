"""What fills the terminal: one screen for each mode, and details on top of them."""
