"""Why a line may be somebody's money, in words."""

from collections.abc import Iterable

from locales.catalogs import N_, _

_REASONS = {
    "rule": N_("a rule says so"),
    "name": N_("the name"),
    "name_part": N_("a part of the name"),
    "phone": N_("the phone"),
    "code": N_("the code"),
    "bill": N_("the amount of a bill"),
    "balance": N_("the amount of the balance"),
    "rent": N_("the amount of the rent"),
    "recorded": N_("recorded by hand near that day"),
    "words": N_("words of the description"),
}


def reasons_told(reasons: Iterable[str]) -> str:
    """The reasons, the strongest first."""
    return ", ".join(_(_REASONS[reason]) for reason in reasons)
