"""How are amounts, shares, days and names written in the sentences of a statement?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}
_WHO = {"deal_shares": "by your share of the deal", "owner": "as its owner", "company": "like every other"}
_LETTERS = frozenset({"nps", "csat", "ces", "grr", "nrr"})
MEASURES = {
    "signed_annual_value": "signed yearly value",
    "signed_amount": "signed amount",
    "order_amount": "orders",
    "annual_value_due": "yearly value due for renewal",
    "renewed_annual_value": "renewed yearly value",
    "saved": "saved yearly value",
    "invoiced_amount": "invoiced amount",
    "paid_amount": "amount paid by customers",
}


def money(amount: Decimal | Fraction | None, currency: str) -> str:
    """An amount with its currency: cents only where it has any, unless it is pay.

    >>> money(Decimal("-980"), "EUR"), money(Decimal("1234.5"), "SEK")
    ('−€980.00', 'SEK 1,234.50')
    """
    if amount is None:
        return "nothing known"
    body = f"{abs(Decimal(round(Fraction(amount) * 100)) / 100):,.2f}"
    mark = _SYMBOLS.get(currency) or f"{currency} "
    return f"{'−' if amount < 0 else ''}{mark}{body}"


def amount_of(amount: Decimal | None, currency: str) -> str:
    """An amount that is counted, not paid: without cents where it has none."""
    text = money(amount, currency)
    return text.removesuffix(".00")


def share(value: Decimal | Fraction | None, digits: int = 2) -> str:
    """A part of one as a percentage.

    >>> share(Decimal("0.912")), share(Decimal("1.4")), share(Fraction(2, 3))
    ('91.2%', '140%', '66.67%')
    """
    if value is None:
        return "nothing known"
    return f"{number(Fraction(value) * 100, digits)}%"


def number(value: Decimal | Fraction | None, digits: int = 4) -> str:
    """A number without needless zeros."""
    if value is None:
        return "nothing known"
    text = f"{Decimal(round(Fraction(value) * 10**digits)) / 10**digits:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def day(on: date) -> str:
    """A day, as 20 Sep 2026."""
    return f"{on.day} {on:%b %Y}"


def words(name: str) -> str:
    """A name of the plan or a table in plain words: `new_business` is new business."""
    return name.replace("_", " ")


def ordinal(number: int) -> str:
    """The number as a place in a row.

    >>> ordinal(1), ordinal(4), ordinal(12), ordinal(22)
    ('1st', '4th', '12th', '22nd')
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def title(name: str) -> str:
    """The same, beginning with a capital: `relationship_nps` is Relationship NPS."""
    text = " ".join("NPS" if word == "nps" else word for word in words(name).split())
    return text[:1].upper() + text[1:]


def measure(name: str) -> str:
    """What a measure is called."""
    return MEASURES.get(name, name.upper() if name in _LETTERS else words(name))


def how_credited(who: str) -> str:
    """Why a share of a fact is somebody's."""
    if who.startswith("book:"):
        return f"for holding the customer as {words(who.removeprefix('book:'))} in that period"
    return _WHO.get(who, f"for covering the customer as {words(who)} on that day")
