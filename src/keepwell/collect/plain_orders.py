"""Is a file a plain list of orders: who, when, how much? No system's columns, so the names are many and the cells decide.

A file is taken for one only where a customer, a day that can be read and an amount that is a number stand in it, and nothing
tells of something else (an invoice, a deal, a contract). Days that could be read in two ways are not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import product

from keepwell.collect.kinds import Fitted, Kind, plain
from keepwell.collect.rows import RowReader
from keepwell.collect.source import Format
from keepwell.project.yaml import Node, parse_yaml

ROWS = 20_000
_MOST_WRONG = 0.1  # of the cells that were looked at
_CUSTOMER = ("customerid", "customer", "customerno", "customernumber", "customerkey", "custid", "clientid", "client", "buyerid", "buyer",
             "memberid", "member", "shopperid", "accountid", "account", "userid", "user", "customeremail", "email")  # fmt: skip
_DAY = ("orderedat", "orderedon", "orderdate", "orderday", "ordertime", "orderdatetime", "purchasedate", "purchasedat", "purchasedon",
        "boughton", "transactiondate", "transactiontime", "saledate", "salesdate", "day", "date", "datetime", "timestamp", "createdat",
        "created")  # fmt: skip
_AMOUNT = ("orderamount", "ordertotal", "ordervalue", "totalamount", "totalprice", "grandtotal", "total", "amount", "netamount",
           "grossamount", "subtotal", "salesamount", "dollarvalue", "value", "revenue", "turnover", "sales", "spend", "price", "sum")  # fmt: skip
_ORDER = (
    "orderid",
    "orderno",
    "ordernumber",
    "order",
    "transactionid",
    "saleid",
    "receiptid",
    "receiptno",
    "receipt",
    "id",
)
_CURRENCY = ("currency", "currencycode", "ordercurrency")
_EACH = ("unitprice", "priceperunit", "priceeach", "itemprice", "price")
_COUNT = ("quantity", "qty", "units", "pieces")
_OF_ONE_ORDER = ("ordertotal", "ordervalue", "orderamount", "grandtotal")
# words of a column's name, or their beginnings, that tell of something else
_NO_ORDER = (
    "invoice",
    "opportunit",
    "contract",
    "subscription",
    "ticket",
    "survey",
    "salary",
    "quota",
    "campaign",
    "renewal",
    "budget",
)
_NO_ORDER_WHOLE = ("deal", "stage", "score", "rating", "department", "question", "plan", "due", "paid", "start", "starts", "started", "end",
                   "ends", "ended", "notice", "cost", "costs")  # fmt: skip
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ISO = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?")
_DAYS = ("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y",
         "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y")  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
SAYS = ("A plain list of orders: who bought, when, for how much. If another source knows these customers, say whose ids they "
        "are (ids_of).")  # fmt: skip


@dataclass(frozen=True)
class PlainOrders:
    """What was found. `kind` is None where a person must say something first, which `lacks` names."""

    columns: Mapping[str, str]
    kind: Kind | None = None
    lacks: tuple[str, ...] = ()

    @property
    def fitted(self) -> Fitted | None:
        """The tables that get rows."""
        return None if self.kind is None or self.kind.becomes is None else Fitted(self.kind.becomes, {}, ())


def find_orders(reader: RowReader, form: Format) -> PlainOrders | None:
    """The plain orders in an open file; None where it is something else. Reads its first rows."""
    found = _columns(reader.header)
    if found is None:
        return None
    wanted = list(dict.fromkeys([*found.values()]))
    cells = _cells(reader, wanted)
    days = date_formats(cells[found["ordered_at"]])
    amounts = [found[word] for word in ("amount", "each", "count") if word in found]
    if not days or not all(map(_are_numbers, (cells[name] for name in amounts))):
        lacks = (
            []
            if days
            else [f"how days are written in {found['ordered_at']}, such as {_some(cells[found['ordered_at']])}: dates"]
        )
        lacks += [f"{name} holds no plain numbers (such as 1250.00), but {_some(cells[name])}" for name in amounts
                  if not _are_numbers(cells[name])]  # fmt: skip
        return PlainOrders(_shown(found), None, tuple(lacks))
    if len(days) > 1:
        both = " or ".join(f'"{form}"' for form in days)
        return PlainOrders(_shown(found), None, (f"which of two: the days in {found['ordered_at']} fit dates: {both}",))
    return PlainOrders(_shown(found), _kind(found, days[0], cells, form))


def date_formats(texts: Iterable[str]) -> tuple[str, ...]:
    """How are these days written? '' is ISO, `seconds` and `milliseconds` count from 1970; two where both fit, none where none.

    >>> date_formats(["2026-03-31"]), date_formats(["31.03.2026"]), date_formats(["01/02/2026"]), date_formats(["19970101"])
    (('',), ('%d.%m.%Y',), ('%d/%m/%Y', '%m/%d/%Y'), ('%Y%m%d',))
    """
    some = list(dict.fromkeys(text.strip() for text in texts if text.strip()))[:2_000]
    if not some:
        return ()
    least = len(some) * (1 - _MOST_WRONG)
    if sum(bool(_ISO.fullmatch(text)) for text in some) >= least:
        return ("",)
    for digits, unit in ((10, "seconds"), (13, "milliseconds")):
        if sum(text.isdigit() and len(text) == digits for text in some) >= least:
            return (unit,)
    fits = {form: sum(_reads(text, form) for text in some) for form in map("".join, product(_DAYS, _TIMES))}
    most = max(fits.values())
    return tuple(form for form, count in fits.items() if count == most) if most >= least else ()


def _reads(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).year > 1900  # noqa: DTZ007 - only whether it can be read is asked
    except ValueError:
        return False


def _columns(header: Sequence[str]) -> dict[str, str] | None:
    """Which column is what; None where one is lacking, or where others tell of something else."""
    own = {plain(column): column for column in reversed(header)}
    words = {word.casefold() for column in header for word in _WORD.findall(column)}
    if any(word.startswith(_NO_ORDER) or word in _NO_ORDER_WHOLE for word in words):
        return None
    asked = {"customer_id": _CUSTOMER, "ordered_at": _DAY, "amount": _AMOUNT, "order_id": _ORDER, "currency": _CURRENCY}
    found = {word: own[name] for word, names in asked.items() if (name := next((n for n in names if n in own), None))}
    each, count = (next((own[name] for name in names if name in own), None) for names in (_EACH, _COUNT))
    if each is not None and count is not None and found.get("amount") in (None, each):
        found |= {"each": each, "count": count}
        found.pop("amount", None)
    enough = "customer_id" in found and "ordered_at" in found and ("amount" in found or "each" in found)
    return found if enough else None


def _shown(found: Mapping[str, str]) -> dict[str, str]:
    return {word: column for word, column in found.items() if word not in ("each", "count")}


def _cells(reader: RowReader, wanted: Sequence[str]) -> dict[str, list[str]]:
    """The first rows, column by column; nothing is an empty text."""
    cells: dict[str, list[str]] = {name: [] for name in wanted}
    for batch in reader.batches(wanted):
        for name in wanted:
            cells[name] += [text or "" for text in batch.rows.column(name).to_pylist()]
        if len(cells[wanted[0]]) >= ROWS:
            break
    return cells


def _are_numbers(texts: Iterable[str]) -> bool:
    some = [text.strip() for text in texts if text.strip()]
    return bool(some) and sum(map(_is_number, some)) >= len(some) * (1 - _MOST_WRONG)


def _is_number(text: str) -> bool:
    try:
        return "_" not in text and Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _some(texts: Iterable[str]) -> str:
    return next((text.strip() for text in texts if text.strip()), "nothing")[:40]


def _kind(found: Mapping[str, str], day: str, cells: Mapping[str, list[str]], form: Format) -> Kind:
    from keepwell.collect.source_text import quoted

    named = {word: quoted(column) for word, column in found.items()}
    written = f", dates: {quoted(day)}" if day.startswith("%") or "%" in day else f", epoch: {day}" if day else ""
    at = f"{{from: {named['ordered_at']}{written}}}" if day else named["ordered_at"]
    several = _are_lines(found, cells)
    total = named["amount"] if "amount" in named else f'"{found["each"]} * {found["count"]}"'
    origin = "from" if "amount" in named else "formula"
    amount = f"{{{origin}: {total}{', combine: sum' if several else ''}}}" if several or origin == "formula" else total
    order = named.get("order_id", f'{{join: [{named["customer_id"]}, {named["ordered_at"]}], with: " "}}')
    lines = [f"customers: {{each: {named['customer_id']}, customer_id: {named['customer_id']}}}", "orders:", f"  order_id: {order}",
             f"  customer_id: {named['customer_id']}", f"  ordered_at: {at}", f"  amount: {amount}"]  # fmt: skip
    if "currency" in named:
        lines.append(f"  currency: {{from: {named['currency']}, fold: upper}}")
    words = {} if form.separator is None else {"separator": Node(form.separator, "", 1, {}, form.separator)}
    return Kind(
        "orders",
        "as a plain list",
        " ".join([SAYS, *_notes(found, several)]),
        (),
        "",
        words,
        parse_yaml("\n".join(lines)),
    )


def _are_lines(found: Mapping[str, str], cells: Mapping[str, list[str]]) -> bool:
    """Are there several rows of one order whose amounts belong together? Without an order's number, of one customer and day."""
    if "order_id" not in found:
        keys: Sequence[object] = list(zip(cells[found["customer_id"]], cells[found["ordered_at"]], strict=True))
        return len(set(keys)) < len(keys)
    keys = cells[found["order_id"]]
    if len(set(keys)) == len(keys):
        return False
    whole = found.get("amount")
    if whole is None or plain(whole) not in _OF_ONE_ORDER:
        return True
    return len(set(zip(keys, cells[whole], strict=True))) > len(set(keys))


def _notes(found: Mapping[str, str], several: bool) -> list[str]:
    notes = []
    if "order_id" not in found:
        notes.append("No column numbers the orders, so what a customer buys at one time is one order.")
    if several:
        notes.append("Several rows are of one order: their amounts are added up.")
    if "currency" not in found:
        notes.append("No column names a currency, so amounts are in the company's.")
    return notes
