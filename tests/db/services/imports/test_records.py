"""Lines become rows for COPY: whatever a file holds, no row is lost, doubled or given the wrong line."""

import csv
import json
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.services.imports.reading import RowTooLongError
from db.services.imports.records import LOOK_AHEAD, UNREADABLE, Rows

Seen = tuple[int, str, list[str]]

# Never a line end beside delimiters in one cell: such a cell is taken for swallowed rows.
texts = st.text(st.sampled_from("ab ,;\"'\\.é"), max_size=6) | st.text(st.sampled_from('ab "\n\r'), max_size=6)


def seen(*blocks: str, delimiter: str = ",", width: int = 3, lines_before: int = 1) -> list[Seen]:
    """Line, number of cells if misshapen, and cells, as COPY will read them."""
    rows = Rows(delimiter, width, lines_before=lines_before)
    copied = "".join(rows.feed(blocks))
    found = [(int(line), cells, rest) for line, cells, *rest in csv.reader(StringIO(copied), delimiter=delimiter)]
    assert rows.count == len(found)
    return found


def blocks_of(text: str, cuts: list[int]) -> list[str]:
    """The text in blocks of whole lines."""
    lines = text.splitlines(keepends=True) if "\r" not in text else text.split("\n")
    lines = [line if line.endswith("\n") else line + "\n" for line in lines]
    edges = sorted({cut % (len(lines) + 1) for cut in cuts} | {0, len(lines)})
    return ["".join(lines[a:b]) for a, b in pairwise(edges)]


def test_plain_rows_keep_their_cells_and_lines() -> None:
    assert seen("a,b,c\n\nd,e,f\n,,\n") == [(2, "", ["a", "b", "c"]), (4, "", ["d", "e", "f"])]


def test_quoted_cells_may_hold_delimiters_marks_and_line_ends() -> None:
    found = seen('"a,b","c ""d""","e\nf"\ng,h,i\n')
    assert found == [(2, "", ["a,b", 'c "d"', "e\nf"]), (4, "", ["g", "h", "i"])]


def test_a_record_may_run_over_the_end_of_a_block() -> None:
    assert seen('a,b,"c\n', 'd"\n', "e,f,g\n") == [(2, "", ["a", "b", "c\nd"]), (4, "", ["e", "f", "g"])]


def test_a_mark_that_is_never_closed_costs_its_own_line_only() -> None:
    rest = "".join(f"x,y,{number}\n" for number in range(50))
    found = seen('a,b,"c\n' + rest)
    assert found[0] == (2, str(UNREADABLE), [json.dumps(['a,b,"c']), "", ""])
    assert [line for line, cells, _ in found[1:] if not cells] == list(range(3, 53))


def test_a_mark_that_a_later_row_seems_to_close_takes_none_of_the_rows_between() -> None:
    found = seen('"a,b,c\nd,e,f\ng,h,"i"\n')
    assert [(line, cells) for line, cells, _ in found] == [(2, str(UNREADABLE)), (3, ""), (4, "")]


def test_rows_swallowed_by_a_cell_that_nobody_reads_are_given_back() -> None:
    found = seen('BUDI,1,"oops\nANI,2,\nSITI,3,oh"\n')
    assert [(line, cells) for line, cells, _ in found] == [(2, str(UNREADABLE)), (3, ""), (4, "")]


def test_misshapen_rows_keep_their_cells() -> None:
    assert seen("a,b\na,b,c,d\na,b,c,,\n") == [
        (2, "2", ['["a", "b"]', "", ""]),
        (3, "4", ['["a", "b", "c", "d"]', "", ""]),
        (4, "", ["a", "b", "c"]),
    ]


def test_a_lone_carriage_return_spoils_its_row_only() -> None:
    found = seen("a,b\rb,c\nd,e,f\n")
    assert [(line, cells) for line, cells, _ in found] == [(2, str(UNREADABLE)), (3, "")]


def test_a_row_as_long_as_a_book_is_refused_with_its_line() -> None:
    with pytest.raises(RowTooLongError) as refused:
        seen("a,b,c\n", "d,e," + "x" * 100_001 + "\n")
    assert refused.value.fields["line"] == 3


@given(
    st.lists(st.lists(texts, min_size=3, max_size=3), max_size=12),
    st.lists(st.integers(0, 30), max_size=5),
    st.sampled_from(",;\t"),
)
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]], cuts: list[int], delimiter: str) -> None:
    out = StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    found = seen(*blocks_of(out.getvalue(), cuts), delimiter=delimiter)
    assert [cells for _, _, cells in found] == [row for row in rows if any(cell.strip() for cell in row)]


@given(st.text(st.sampled_from('ab,"\n\r \\.'), max_size=60), st.lists(st.integers(0, 30), max_size=4))
def test_no_line_of_any_text_is_lost_or_read_twice(text: str, cuts: list[int]) -> None:
    """However the blocks are cut, every line that says something is in exactly one row, in order."""
    blocks = blocks_of(text + "\n", cuts)
    found = seen(*blocks)
    assert found == seen("".join(blocks))
    lines = [line for line, _, _ in found]
    assert lines == sorted(set(lines))
    said = sum(sign not in ',"\n\r \\' for sign in text)
    kept = sum(sum(sign in "ab." for sign in "".join(cells)) for _, _, cells in found)
    assert kept == said


def test_looking_ahead_has_an_end() -> None:
    many = "".join(f'"open {number},b,c\n' for number in range(LOOK_AHEAD * 3))
    assert len(seen(many)) <= LOOK_AHEAD * 3
