"""Read the source for places where stored text could reach a terminal around `locales.safe` or be taken for markup.

Textual and Rich read markup in most strings that they are given: `[@click=app.quit]Budi[/]` would be a button that
ends the program, and `Budi [/]` the end of the screen. So a widget gets `Content`, never a string.
"""

import ast
from collections.abc import Iterator

# Where what is written has been made safe before, or is nobody's: help, shell code, numbers.
PRINTS = frozenset(
    {"ekost_cli/main.py", "ekost_cli/parser.py", "ekost_cli/shared.py", "ekost_cli/lazy.py", "ekost_cli/completing.py",
     "ekost_cli/reference.py", "ekost_cli/commands/completion.py", "locales/extract.py", "db/metrics/rules.py"}
)  # fmt: skip
WRITES = frozenset(
    {
        "ekost_cli/report.py",
        "ekost_cli/output.py",
        "ekost_cli/commands/metrics.py",
        "ekost_cli/commands/receipt.py",
        "jobs/supervisor.py",
    }
)
# The only module that makes tables of Rich, and those that draw a bar with it.
TABLES = "ekost_cli/tables.py"
RICH = frozenset({TABLES, "ekost_cli/progress.py", "ekost_cli/commands/demo.py"})
# Textual highlights what was typed in the names of keys, which are ours, and reads markup in them.
PALETTE = "tui/palette.py"
# Widgets by the place of the text among their arguments, and what is set on any widget.
TEXT_AT = {"Static": 0, "Label": 0, "Button": 0, "Option": 0, "Tab": 0, "Checkbox": 0, "RadioButton": 0, "Link": 0,
           "Collapsible": 0, "DiscoveryHit": 0, "Hit": 1}  # fmt: skip
SET = frozenset({"border_title", "border_subtitle", "tooltip"})
READS_MARKUP = frozenset({"from_markup", "from_ansi"})
MADE_SAFE = frozenset({"safe", "_", "said", "ngettext"})


def violations(source: str, path: str) -> list[str]:
    """Each as `line: what is wrong`; `path` is that of the file in the repository."""
    tree = ast.parse(source)
    return [f"{node.lineno}: {told}" for node in ast.walk(tree) for told in _wrong(node, path)]


def _wrong(node: ast.AST, path: str) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _wrong_call(node, _name(node.func), path)
        if path.startswith("tui/"):
            yield from _wrong_widget(node, _name(node.func), path)
    elif isinstance(node, ast.ImportFrom) and not path.startswith("tui/"):
        module = node.module or ""
        if module.split(".")[0] == "rich" and path not in RICH:
            yield "Rich is for tables alone"
    elif isinstance(node, ast.Assign) and path.startswith("tui/"):
        names = {target.attr for target in node.targets if isinstance(target, ast.Attribute)}
        if names & SET and not _is_content(node.value):
            yield f"{min(names & SET)} takes Content"


def _wrong_call(call: ast.Call, name: str, path: str) -> Iterator[str]:
    if name in READS_MARKUP:
        yield f"{name} reads markup"
    elif name == "print" and isinstance(call.func, ast.Name) and path not in PRINTS:
        yield "print knows no sanitiser"
    elif name == "print" and isinstance(call.func, ast.Attribute) and path != TABLES:
        yield "Rich prints in tables alone"
    elif name == "add_row" and path != TABLES:
        yield "rows of Rich are made in tables alone"
    elif name == "write" and path not in WRITES and _is_stream(call.func) and not _is_safe(call.args[0]):
        yield "what is written goes through safe()"
    elif name == "Console" and call.args + call.keywords and not _says(call, "stderr") and not _says(call, "markup"):
        yield "Console takes markup=False"
    elif ((name == "Text" and path == TABLES) or name == "add_task") and not _is_safe(call.args[0]):
        yield f"{name} takes what went through safe()"


def _wrong_widget(call: ast.Call, name: str, path: str) -> Iterator[str]:
    place = 0 if name in ("notify", "update") else TEXT_AT.get(name)
    if place is None or len(call.args) <= place or _says(call, "markup"):
        return
    if name == "notify" and _is_own_word(call.args[0]):
        return
    if path == PALETTE and ast.unparse(call.args[place]).startswith("matcher.highlight("):
        return
    if not _is_content(call.args[place]):
        yield f"{name} takes Content, or markup=False"


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_stream(function: ast.expr) -> bool:
    told = ast.unparse(function)
    return told.startswith(("sys.stdout.", "sys.stderr.")) or told.endswith("printer.out.write")


def _is_safe(text: ast.expr) -> bool:
    """Whether nothing in it is a bare value: words of ours, and what one of the safe functions has returned."""
    if isinstance(text, ast.Constant):
        return True
    if isinstance(text, ast.Starred):
        return _is_safe(text.value)
    if isinstance(text, ast.BinOp):
        return _is_safe(text.left) and _is_safe(text.right)
    if isinstance(text, ast.JoinedStr):
        values = [part.value for part in text.values if isinstance(part, ast.FormattedValue)]
        return all(_is_safe(value) or ast.unparse(value) == "moment" for value in values)
    return isinstance(text, ast.Call) and _name(text.func) in MADE_SAFE


def _is_own_word(text: ast.expr) -> bool:
    """`_("…")` and nothing filled in."""
    return isinstance(text, ast.Call) and _name(text.func) == "_" and isinstance(text.args[0], ast.Constant)


def _is_content(text: ast.expr) -> bool:
    """Content, or words of ours without a bracket."""
    if isinstance(text, ast.Constant):
        return "[" not in str(text.value)
    if isinstance(text, ast.IfExp):
        return _is_content(text.body) and _is_content(text.orelse)
    return ast.unparse(text).startswith(("Content(", "Content.assemble("))


def _says(call: ast.Call, name: str) -> bool:
    """Whether a call says `markup=False`, or `stderr=True` of a bar that shows no text of others."""
    wanted = {"markup": False, "stderr": True}[name]
    values = [word.value for word in call.keywords if word.arg == name]
    return any(isinstance(value, ast.Constant) and value.value is wanted for value in values)
