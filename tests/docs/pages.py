"""The pages as a test reads them: headings, tables, blocks of code, links."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]
Rows = list[dict[str, str]]

_TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
_CODE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """What stands below each heading, up to the next one of any level."""
    _before, *parts = re.split(r"^#+ (.*)\n", _CODE.sub("", text), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def tables(text: str) -> list[Rows]:
    """Every table as rows by the names of its columns."""
    return [_rows(found.group()) for found in _TABLE.finditer(text)]


def _rows(table: str) -> Rows:
    heading, _line, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def blocks(text: str, language: str) -> list[str]:
    """The blocks of code in one language."""
    return [body for name, body in _CODE.findall(text) if name == language]


def links(text: str) -> list[str]:
    return _LINK.findall(_CODE.sub("", text))


def anchors(text: str) -> set[str]:
    """The fragments that headings can be reached by, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in sections(text)}
