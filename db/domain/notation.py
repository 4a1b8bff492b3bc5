"""How people write a number: which sign groups thousands, which one starts the cents.

Read as the wrong notation, `1,500` is a thousand times too much or too little, and no later check
would notice. So a text is first taken apart here, without deciding; `money` decides.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_FACTORS = {
    "": (1,),
    "rb": (10**3,),
    "ribu": (10**3,),
    "k": (10**3,),
    "jt": (10**6,),
    "juta": (10**6,),
    "miliar": (10**9,),
    "milyar": (10**9,),
    # Miliar to an Indonesian, million to an English reader.
    "m": (10**9, 10**6),
}

# A leading zero is refused everywhere: 081234567890 is a phone number in the wrong place, not 81 billion.
_WHOLE = r"0|[1-9][0-9]*"
_SHAPE = re.compile(
    r"(?P<sign>[-\u2212])? ?"
    r"(?:(?P<mark>[a-z]{2,3}\.?) ?)?"
    r"(?P<number>[0-9][0-9.,]*?)(?:,-)?"
    r"(?: ?(?P<unit>rb|ribu|k|jt|juta|miliar|milyar|m))?",
    re.ASCII | re.IGNORECASE,
)
# Four digits in front are too many for a thousands group, two behind too few: only cents are left.
_MACHINE = re.compile(r"[1-9][0-9]{3,}\.[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """A text taken apart; `number` still holds its signs, `mark` and `unit` are in lower case."""

    negative: bool
    mark: str
    number: str
    unit: str

    @property
    def separators(self) -> int:
        """How many dots and commas stand in the number."""
        return self.number.count(".") + self.number.count(",")

    @property
    def speaks_for_itself(self) -> bool:
        """True when at most one notation can be meant: two signs, or machine format."""
        return self.separators != 1 or _MACHINE.fullmatch(self.number) is not None


@dataclass(frozen=True, slots=True)
class Notation:
    """One way to write numbers."""

    group: str
    decimal: str

    def read(self, number: str) -> Decimal | None:
        """The exact value of a well-formed number, None when it is not well formed here."""
        match = re.fullmatch(
            rf"({_WHOLE}|[1-9][0-9]{{0,2}}(?:\{self.group}[0-9]{{3}})+)(?:\{self.decimal}([0-9]+))?", number
        )
        if match is None:
            return None
        whole, cents = match[1].replace(self.group, ""), match[2]
        return Decimal(whole if cents is None else f"{whole}.{cents}")


INDONESIAN = Notation(group=".", decimal=",")
ENGLISH = Notation(group=",", decimal=".")


def notation_of(language: str) -> Notation:
    """The notation that readers of a language expect."""
    return INDONESIAN if language == "id" else ENGLISH


def take_apart(text: str) -> Written | None:
    """Sign, currency mark, number and unit of a text, None when it has another shape."""
    # Formatters put a no-break space after the mark; a copied amount must be readable again.
    plain = text.replace("\u00a0", " ").replace("\u202f", " ").strip(" \t\r\n")
    match = _SHAPE.fullmatch(plain)
    if match is None:
        return None
    return Written(
        negative=match["sign"] is not None,
        mark=(match["mark"] or "").lower().rstrip("."),
        number=match["number"],
        unit=(match["unit"] or "").lower(),
    )


def readings_of(number: str) -> list[Decimal]:
    """The value in every notation in which the number is well formed."""
    return [value for notation in (INDONESIAN, ENGLISH) if (value := notation.read(number)) is not None]


def factors(unit: str) -> tuple[int, ...]:
    """What a unit may multiply by; more than one when its readers differ."""
    return _FACTORS[unit]


def decimals(value: Decimal) -> int:
    """How many decimals a finite value was written with, zeros included."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
