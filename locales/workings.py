"""How a charge for utilities was worked out, its plain figures shown as people write them."""

import re
from decimal import Decimal

from locales.formats import money, number

_FIGURE = r"[0-9]+(?:\.[0-9]+)?"
_SPAN = rf"{_FIGURE} → {_FIGURE}"
_WORKING = re.compile(
    rf"(?P<spans>{_SPAN}(?:, {_SPAN})*) = (?P<usage>{_FIGURE}) (?P<unit>\S+)"
    rf" × (?P<price>{_FIGURE})(?P<shared> ÷ [0-9]+)?",
    re.ASCII,
)


def working_told(text: str, currency: str) -> str:
    """`1250.3 → 1327.8 = 77.5 kWh × 1445` as `1.250,3 → 1.327,8 = 77,5 kWh × Rp1.445`; any other text as it is."""
    found = _WORKING.fullmatch(text)
    if found is None:
        return text
    spans = re.sub(_FIGURE, lambda figure: number(Decimal(figure[0])), found["spans"])
    price = money(Decimal(found["price"]), currency)
    return f"{spans} = {number(Decimal(found['usage']))} {found['unit']} × {price}{found['shared'] or ''}"
