"""What does a visitor see first in the terminal? The same first screen as the report's, in lines of text with colour.

Colours go by what a figure means and are never the only sign; without a terminal the same lines come out plain.
"""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from keepwell.show import format as written
from keepwell.show.aftermath import Aftermath, NoPair, caveat
from keepwell.show.customer_line import CustomerLine
from keepwell.show.names import Names
from keepwell.show.readings import Trend, value_words
from keepwell.show.report import Report, advance_words, headline_words
from keepwell.show.statement import short_ids
from keepwell.show.summary import KIND_SAYS, KINDS, Kind, PaySplit

BAR = 40
_FILL: dict[Kind, tuple[str, str]] = {
    "after_sale": ("█", "bold blue"),
    "advance": ("▓", "bright_blue"),
    "sale": ("▒", "bright_black"),
    "other": ("░", "bright_black"),
}


def first_screen(report: Report, names: Names) -> RenderableType:
    """The headline, pay by department, promises and NPS, the pair of sellers, and one customer's line."""
    blocks = [_headline(report), _split(report), _trends(report), _aftermath(report, names)]
    if report.customer:
        blocks.append(customer_story(report.customer, names, report.currency))
    spaced: list[RenderableType] = []
    for block in blocks:
        spaced += [block, Text("")]
    return Group(*spaced[:-1])


def _headline(report: Report) -> RenderableType:
    said = headline_words(report)
    if said is None:
        return Text("Nobody has been paid by a plan yet.", style="bold")
    before, amount, after = said
    text = Text.assemble((f"{before} ", "bold"), (amount, "bold blue"), (f" {after}", "bold"))
    more = advance_words(report)
    return Group(text, Text(more, style="dim")) if more else text


def _split(report: Report) -> RenderableType:
    table = _grid()
    for split in report.pay.split:
        name = written.words(split.name) or "The company"
        after = written.money(split.of_hundred("after_sale"), report.currency, cents=False)
        table.add_row(Text(name, style="bold" if not split.name else ""), _bar(split), Text(after, style="bold"))
    kinds = [kind for kind in KINDS if any(split.amounts[kind] > 0 for split in report.pay.split)]
    key = [Text.assemble((f"  {_FILL[kind][0]} ", _FILL[kind][1]), (KIND_SAYS[kind], "dim")) for kind in kinds]
    return Group(table, *key)


def _bar(split: PaySplit) -> Text:
    text, drawn = Text(), 0
    reached = 0.0
    for kind in KINDS:
        reached += float(split.of_hundred(kind)) / 100 * BAR
        cells = round(reached) - drawn
        text.append(_FILL[kind][0] * cells, _FILL[kind][1])
        drawn += cells
    return text


def _trends(report: Report) -> RenderableType:
    table = _grid()
    for trend in report.headline:
        last = trend.last
        if last is None:
            table.add_row(Text(trend.words.title), Text("not known yet", style="dim"), Text(""))
            continue
        said = Text(value_words(last, trend.words), style="bold")
        table.add_row(Text(trend.words.title), said, Text(f"n {last.n:,}  {_since(trend)}", style="dim"))
    return table


def _since(trend: Trend) -> str:
    shown = [reading for reading in trend.readings if reading.value is not None]
    if len(shown) < 2:
        return ""
    before = shown[-2]
    return f"{written.period(before.period)}: {written.in_unit(before.value, trend.words.unit)}"


def _aftermath(report: Report, names: Names) -> RenderableType:
    title = Text("Same sales, different aftermath", style="bold")
    found = report.aftermath
    if not isinstance(found, Aftermath):
        return Group(
            title, Text(found.says if isinstance(found, NoPair) else "Needs deals and contracts.", style="dim")
        )
    table = _grid(right=True)
    first, second = (names.person(one.person_id) for one in (found.first, found.second))
    table.add_row(Text(""), Text(written.shorten(first, 24), "blue"), Text(written.shorten(second, 24), "yellow"))
    signed = [written.money(one.signed_money, report.currency, cents=False) for one in (found.first, found.second)]
    table.add_row("Signed, a year", *signed)
    for outcome in found.outcomes:
        said = [value_words(reading, outcome.words) for reading in (outcome.first, outcome.second)]
        table.add_row(outcome.words.title, *[Text(text, "bold") for text in said])
    return Group(title, table, Text(caveat(found), style="dim"))


def customer_story(line: CustomerLine, names: Names, currency: str) -> RenderableType:
    """One customer's moments, with the money that followed, and how to ask why."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for moment in line.moments:
        style = {"trouble": "yellow", "money": "bold", "plain": ""}[moment.tone]
        what = Text.assemble((moment.what, style), (f"  {moment.more}" if moment.more else "", "dim"))
        amount = written.money(moment.amount, currency, sign=True) if moment.amount is not None else ""
        table.add_row(Text(written.day(moment.on), style="dim"), what, Text(amount, style="bold"))
    taken = next((m.line_id for m in reversed(line.moments) if m.taken_back), "")
    why = [Text.assemble(("Why?  ", "dim"), f"keepwell explain {short_ids([taken])[taken]}")] if taken else []
    return Group(Text(f"One customer's line: {names.customer(line.customer_id)}", style="bold"), table, *why)


def _grid(*, right: bool = False) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=not right)
    for _ in range(2):
        table.add_column(justify="right" if right else "left", no_wrap=not right)
    return table
