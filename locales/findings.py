"""What an examination found, told to a person in a shell or on a screen."""

from typing import Any

from locales.catalogs import _


def finding_told(finding: Any) -> dict[str, str]:
    """A finding with its message and the way out in the reader's language; keys as in `records.FINDINGS`."""
    texts = {key: str(value) for key, value in finding.fields.items()}
    return {
        "check": finding.check,
        "status": finding.status,
        "message": _(finding.message).format_map(texts),
        "hint": _(finding.hint).format_map(texts) if finding.hint else "",
    }
