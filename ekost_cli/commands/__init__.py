"""One file per noun; each holds a Typer app."""
