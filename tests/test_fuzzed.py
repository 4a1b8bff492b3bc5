"""Any bytes, for everything that reads what others have written; `make fuzz` goes on where this ends."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

# What once ended badly, under the name of its target.
FOUND = sorted((Path(__file__).parent / "fuzz" / "found").glob("*"))

# What such texts are made of, so that a few hundred reach further than the first character.
WORDS = (
    b"tenant,amount,date\n", b"penyewa;jumlah;tanggal\n", b'"', b"'", b"=", b",", b";", b"\t", b"\r\n", b"\x00",
    b"\xff", b"Rp", b"1.500.000,00", b"1,5jt", b"-", b"2026-03-01", b"31/12/2026", b"today", b"\x1b[2J", b"@", b":",
    b"\xe2\x80\xae", b"[/]", b"postgresql://", b"redis://", b"rediss://", b"/", b"?", b"%", b"[::1]", b"[keys]\n",
    b"language = ", b'{"form": 1}', b"W10", b"bnVsbA", b"\xed\xa0\x80",
)  # fmt: skip
BYTES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", errors="surrogatepass")),
    st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=8)), max_size=20).map(b"".join),
)


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_end_well_or_are_refused_in_our_words(name: str) -> None:
    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(BYTES)
    @example(b"")
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.name)
def test_what_was_found_is_mended(file: Path) -> None:
    TARGETS[file.name.partition("-")[0]](file.read_bytes())
