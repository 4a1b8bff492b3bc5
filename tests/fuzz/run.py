"""One target under atheris, which is led by what the code does: python -m tests.fuzz.run NAME [libFuzzer options]."""

import sys

import atheris

with atheris.instrument_imports(include=["db", "locales"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
