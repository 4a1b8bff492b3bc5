"""What the common options of one command line say, gathered in one place whichever level they stand at."""

DEFAULT_LIMIT = 50
FORMATS = ("table", "json", "ndjson", "csv", "tsv", "id")
COLORS = ("auto", "always", "never")


class Invocation:
    """The values of the common options; None, False or the default where the command line says nothing."""

    output: str | None = None
    fields: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    lang: str | None = None
    limit: int = DEFAULT_LIMIT
    after: str | None = None
    all: bool = False
    dry_run: bool = False
    key: str | None = None
    yes: bool = False
    property: str | None = None
    as_of: str | None = None
    # Noun and verb of the command, once it has begun.
    words: str = ""
