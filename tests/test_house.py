"""The sizes that keep the house light, and a word on everything that others may call."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

from ekost_cli.grammar import Noun

ROOT = Path(__file__).parents[1]
ROOMS = ("ekost_cli", "tui", "jobs", "db", "locales")
PRODUCT = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
FILES = [*PRODUCT, *sorted((ROOT / "tests").rglob("*.py"))]
# Alembic loads these itself, outside of any package.
SCRIPTS = ROOT / "db" / "migrations"
Function = ast.FunctionDef | ast.AsyncFunctionDef


def lengths(paths: list[Path]) -> dict[str, int]:
    """Lines of each file."""
    return {f"{path.relative_to(ROOT)}": len(path.read_text(encoding="utf-8").splitlines()) for path in paths}


def functions(paths: list[Path]) -> dict[str, int]:
    """Lines of each function, from its `def` on."""
    found = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = node.end_lineno - node.lineno + 1  # type: ignore[operator]
    return found


def ninety_fifth(sizes: dict[str, int]) -> int:
    return sorted(sizes.values())[len(sizes) * 95 // 100]


def over(sizes: dict[str, int], most: int) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if size > most}


def test_no_file_has_a_tail() -> None:
    assert over(lengths(FILES), 400) == {}


def test_no_function_has_a_tail() -> None:
    assert over(functions(FILES), 50) == {}


def test_the_usual_file_and_function_are_short() -> None:
    files, small = lengths(PRODUCT), functions(PRODUCT)
    assert median(files.values()) <= 120
    assert ninety_fifth(files) <= 300
    assert median(small.values()) <= 8
    assert ninety_fifth(small) <= 30


def named_in(module: object) -> Iterator[tuple[str, object]]:
    """The public functions and classes that a module defines, and their public methods."""
    name = getattr(module, "__name__", "")
    for label, value in vars(module).items():
        mine = getattr(value, "__module__", None) == name and (inspect.isclass(value) or inspect.isfunction(value))
        if label.startswith("_") or not mine:
            continue
        yield label, value
        if inspect.isclass(value):
            yield from ((f"{label}.{member}", getattr(value, member)) for member in _methods(value))


def _methods(kind: type) -> list[str]:
    """Public methods and properties of a class's own; what overrides a described one needs no words again."""
    kinds = (property, classmethod, staticmethod)
    return [
        name
        for name, value in vars(kind).items()
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, kinds))
    ]


def described(value: object) -> bool:
    """A class must say itself what it is; dataclasses and named tuples make up something for those that don't."""
    if inspect.isclass(value):
        own = vars(value).get("__doc__") or ""
        return bool(own) and not own.startswith(f"{value.__name__}(")
    return bool(inspect.getdoc(value))


def commands_of(module: object) -> set[object]:
    """Bodies of commands: their words stand in the decorator, where `--help` finds them."""
    nouns = [value for value in vars(module).values() if isinstance(value, Noun)]
    verbs = [value for value in vars(module).values() if hasattr(value, "body")]
    return {verb.body for verb in [*chain(*(noun.verbs.values() for noun in nouns)), *verbs]}


@pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    if SCRIPTS in path.parents and path.name != "runner.py":
        return
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    told_elsewhere = commands_of(module)
    silent = [label for label, value in named_in(module) if not described(value) and value not in told_elsewhere]
    assert silent == []
