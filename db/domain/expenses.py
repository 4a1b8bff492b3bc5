"""What is spent for a property, and which of it is a cost.

Counted as a cost, money that the owner takes out, or moves to another house, would make every good month a loss.
"""

from db.errors import N_, UsageError

CATEGORIES = ("electricity", "water", "internet", "maintenance", "cleaning", "supplies", "tax", "transfer", "other")
# Money moved to the owner or between properties: it leaves the cash of a property, and is nobody's cost.
MOVED = "transfer"

# The words in both languages: who types them need not know which one is spoken.
_WORDS = {
    **{category: category for category in CATEGORIES},
    "listrik": "electricity", "air": "water", "perawatan": "maintenance", "perbaikan": "maintenance",
    "kebersihan": "cleaning", "perlengkapan": "supplies", "pajak": "tax", "setoran": MOVED, "lain": "other",
    "lainnya": "other",
}  # fmt: skip


class ExpenseCategoryError(UsageError):
    """Nothing that money is spent on here."""

    code = "expense_category"
    message = N_("{value} is no category of expenses.")
    hint = N_("Use electricity, water, internet, maintenance, cleaning, supplies, tax, transfer or other.")


def category_of(text: str) -> str:
    """The category that is meant by a word, English or Indonesian. Raises ExpenseCategoryError."""
    word = text.strip().lower()
    if word not in _WORDS:
        raise ExpenseCategoryError(value=text.strip()[:40])
    return _WORDS[word]


def is_cost(category: str) -> bool:
    """Whether an expense lowers what a property earns; money that was only moved (`transfer`) does not."""
    return category != MOVED
