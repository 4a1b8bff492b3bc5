"""What asks for something: a choice, a form."""
