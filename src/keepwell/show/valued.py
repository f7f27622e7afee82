"""What is a customer worth, in words and in figures that one can recompute? For the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.bridge import CAUSE_WORDS
from keepwell.show.left_out import left_out_of, why_none
from keepwell.show.margins import margin_says
from keepwell.show.names import Names
from keepwell.show.unvalued import unvalued

Tables = Mapping[str, pa.Table]
_SILENCE = 365  # days
MODEL_SAYS = {
    "constant_churn": "one chance to leave for all",
    "shifted_beta_geometric": "shifted-beta-geometric: each with a chance of their own",
    "beta_discrete_weibull": "beta-discrete-Weibull: chances that change with time",
    "hazard": "hazard of leaving",
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "modified BG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "constant_dropout": "BG/NBD with one chance to leave for all",
    "none": "the running term only",
}


@dataclass(frozen=True)
class Terms:
    """How the run valued: discount per year, horizon in months."""

    discount: Decimal
    months: int
    currency: str

    @property
    def words(self) -> str:
        """In words."""
        years = written.count(self.months // 12, "year") if self.months % 12 == 0 else f"{self.months} months"
        return f"discounted at {written.share(self.discount)} a year, {years} ahead"


def last_moment(tables: Tables) -> date | None:
    """The day as of which the run values customers."""
    [row] = ask("SELECT max(at_on) AS at_on FROM moments", moments=tables["value_moments"])
    found: date | None = row["at_on"]
    return found


def values(tables: Tables, at_on: date) -> list[Row]:
    """The customers' values on a day, the dearest first."""
    return ask(
        "SELECT v.*, p.chance_next, p.notice FROM customer_values AS v LEFT JOIN parts AS p ON p.customer_id = v.customer_id "
        "AND p.kind = 'contracts' AND p.at_on = v.at_on AND p.under_on = v.at_on "
        "WHERE v.at_on = $1 ORDER BY v.value DESC, v.customer_id",
        at_on, customer_values=tables["customer_values"], parts=tables["valued_parts"], v=tables["customer_values"],
    )  # fmt: skip


def value_lines(
    found: Sequence[Row], whole: Row, names: Names, terms: Terms, most: int, width: int = WIDTH
) -> list[str]:
    """The list: lifetime value with its interval, the chance to be there, by which model; and the sum."""
    if not found:
        return ["No customer is valued."]
    shown = found if most <= 0 else found[:most]
    rows = [
        (names.customer(row["customer_id"]), written.clean(row["segment"]), _money(row["value"], terms),
         written.between(row["low"], row["high"], terms.currency), _chance(row), _model(row["model"]))
        for row in shown
    ]  # fmt: skip
    columns = [Column("Customer", shrinks=True), Column("Segment"), Column("Value", right=True),
               Column("90% interval", right=True), Column("Stays", right=True), Column("By", shrinks=True)]  # fmt: skip
    more = [f"… and {len(found) - len(shown):,} more: --most 0 shows all"] if len(found) > len(shown) else []
    total = (f"{written.count(whole['customers'], 'customer is', 'customers are')} worth {_money(whole['value'], terms)} "
             f"(90%: {written.between(whole['low'], whole['high'], terms.currency)}). Value is lifetime value: {terms.words}.")  # fmt: skip
    return [*aligned(columns, rows, width), *more, "", *wrapped(total, width)]


def _chance(row: Row) -> str:
    if row["notice"]:
        return "notice given"
    return written.share(row["chance_alive"] if row["chance_next"] is None else row["chance_next"], 0)


def _model(model: str) -> str:
    return " + ".join(MODEL_SAYS.get(part, written.words(part)) for part in model.split(" + "))


def customer_value_lines(customer: str, tables: Tables, at_on: date, terms: Terms, width: int = WIDTH) -> list[str]:
    """What one customer's value is made of, and what changed it."""
    parts = customer_parts(customer, tables, at_on)
    if not parts:
        history = _history(customer, tables, terms, width)
        return [*wrapped(no_value_words(customer, tables, at_on), width), *([""] if history else []), *history]
    out = left_out_of(customer, tables)
    lines = wrapped(f"Not counted: {out}.", width) if out else []
    for row in parts:
        lines += [*_part_lines(row, tables, at_on, terms, width), ""]
    return [*lines, *_history(customer, tables, terms, width)]


def customer_parts(customer: str, tables: Tables, at_on: date) -> list[Row]:
    """The parts of a customer's value on a day."""
    return ask(
        "SELECT p.* FROM parts AS p JOIN v USING (customer_id, at_on) WHERE customer_id = $1 AND at_on = $2 AND under_on = $2 "
        "AND (kind = 'contracts' OR p.model <> 'none') ORDER BY kind",
        customer, at_on, parts=tables["valued_parts"], v=tables["customer_values"],
    )  # fmt: skip


def _part_lines(row: Row, tables: Tables, at_on: date, terms: Terms, width: int) -> list[str]:
    unit = "a year" if row["kind"] == "contracts" else "a purchase"
    units = "discounted years" if row["kind"] == "contracts" else "discounted purchases"
    says = f"{row['units']} {units} × {written.money(row['unit_value'], terms.currency)} {unit} × {_percent(row['margin'])} margin"
    ends = written.between(row["low"], row["high"], terms.currency)
    lines = [f"Lifetime value of {row['kind']}: {written.money(row['value'], terms.currency)} (90%: {ends})"]
    lines += wrapped(f"= {says}", width, "  ")
    lines += wrapped(f"{terms.words}; {margin_says(row['segment'], tables)}.", width, "  ")
    story = (
        _contract_story(row, tables, at_on, terms) if row["kind"] == "contracts" else _order_story(row, tables, at_on)
    )
    lines += wrapped(story, width, "  ")
    lines += wrapped(_model_story(row, tables, at_on), width, "  ")
    if row["model"] == "hazard":
        lines += wrapped(_hazard_story(row, tables), width, "  ")
    return lines


def _hazard_story(row: Row, tables: Tables) -> str:
    """What is known of the customer that makes the hazard higher or lower, the heaviest first."""
    told = ask("SELECT effect, says FROM drivers WHERE customer_id = $1 AND kind <> 'notice' ORDER BY abs(effect) DESC, driver",
               row["customer_id"], drivers=tables["risk_drivers"])  # fmt: skip
    if row["notice"]:
        return "Notice was given: the chance is the share of such contracts that were renewed."
    if not told:
        return "Nothing that is known of this customer moves the chance to leave within a year by a point or more."
    said = [written.listed([one["says"] for one in told if (one["effect"] > 0) == more]) for more in (True, False)]
    words = [f"{way} likely to leave: {what}" for way, what in zip(("More", "Less"), said, strict=True) if what]
    return f"{'. '.join(words)} (association, not cause; keepwell risk says how much)."


def _contract_story(row: Row, tables: Tables, at_on: date, terms: Terms) -> str:
    [seen] = ask("SELECT * FROM seen WHERE customer_id = $1 AND at_on = $2", row["customer_id"], at_on,
                 seen=tables["contract_histories"])  # fmt: skip
    now = f"{written.money(seen['annual_value'], terms.currency)} a year in terms of {written.count(seen['term_months'], 'month')}"
    made = written.count(seen["renewals"], "renewal")
    said = [f"Under contract since {written.day(seen['since_on'])}, {made} made, now {now}"]
    if seen["renews_on"] is not None:
        said.append(f"the running term ends on {written.day(seen['renews_on'])}")
    if row["notice"]:
        said.append(f"notice was given on {written.day(seen['notice_on'])}")
    if row["chance_next"] is not None:
        said.append(f"the chance that they renew is {written.share(row['chance_next'])}")
    return "; ".join(said) + "."


def _order_story(row: Row, tables: Tables, at_on: date) -> str:
    [seen] = ask("SELECT * FROM seen WHERE customer_id = $1 AND at_on = $2", row["customer_id"], at_on,
                 seen=tables["order_histories"])  # fmt: skip
    return (f"Bought on {written.count(seen['frequency'] + 1, 'day')} in {written.days(seen['age_days'])}, last "
            f"{written.days(seen['age_days'] - seen['recency_days'])} ago; the chance that they are still a customer is "
            f"{written.share(row['chance_alive'])}.")  # fmt: skip


def _model_story(row: Row, tables: Tables, at_on: date) -> str:
    model = chosen_model(row, tables, at_on)
    if row["model"] == "none":
        return f"No model: {model['because']}. Only what is sure is counted."
    told = json.loads(model["parameters"])
    if row["model"] == "hazard":
        values = "the coefficients are in the table hazard_models"
    else:
        values = ", ".join(f"{name} {value:.4g}" for name, value in zip(told["names"], told["values"], strict=True))
    of = "all customers" if row["fitted_on"] == "*" else f"segment {row['fitted_on']}"
    return (f"By {_model(row['model'])} ({values}), fitted to {of}: {written.count(model['customers'], 'customer')} with "
            f"{model['events']:,} {'that left' if row['kind'] == 'contracts' else 'repeat purchases'}. "
            f"Chosen because it {model['because']}.".replace("because it the only", "because it is the only")
            .replace("because it too little", "as too little"))  # fmt: skip


def chosen_model(row: Row, tables: Tables, at_on: date) -> Row:
    """The model by which a part is valued."""
    [model] = ask("SELECT * FROM models WHERE chosen AND at_on = $1 AND kind = $2 AND segment = $3", at_on, row["kind"],
                  row["segment"], models=tables["value_models"])  # fmt: skip
    return model


def _history(customer: str, tables: Tables, terms: Terms, width: int) -> list[str]:
    changes = customer_changes(customer, tables)
    if not changes:
        return []
    rows = [(written.day(row["to_on"]), CAUSE_WORDS[row["cause"]], written.money(row["amount"], terms.currency, sign=True))
            for row in changes]  # fmt: skip
    return aligned([Column("Until"), Column("What changed the lifetime value"), Column("By", right=True)], rows, width)


def customer_changes(customer: str, tables: Tables) -> list[Row]:
    """What changed a customer's value, the latest first."""
    return ask("SELECT from_on, to_on, cause, amount FROM changes WHERE customer_id = $1 ORDER BY to_on DESC, cause", customer,
               changes=tables["equity_changes"])  # fmt: skip


def none_valued_words(tables: Tables, at_on: date | None) -> str:
    """Why no customer has a value, in a sentence."""
    if any(tables[name].num_rows for name in ("contract_histories", "order_histories")) and at_on is not None:
        return "No customer is valued: what is known of their orders and contracts fits no model, or all have left."
    if tables["value_left_out"].num_rows:
        return "No customer is valued: every order and contract is left out."
    return "No customer is valued: needs contracts or orders (keepwell record)."


def no_value_words(customer: str, tables: Tables, at_on: date | None) -> str:
    """Why a customer has no value on a day (None: nothing is valued at all), in a sentence."""
    if at_on is None:
        return "No value: nothing had been bought yet."
    left = ask("SELECT left_on FROM seen WHERE customer_id = $1 AND at_on = $2 AND left_on IS NOT NULL", customer, at_on,
               seen=tables["contract_histories"])  # fmt: skip
    out = why_none(customer, tables)
    if left:
        return f"No value: left on {written.day(left[0]['left_on'])}{f'; not counted: {out}' if out else ''}."
    unfit = _unfit(customer, tables, at_on)
    return f"No value: {unfit or out or 'neither a contract nor an order is known'}."


def _unfit(customer: str, tables: Tables, at_on: date) -> str:
    """Why the orders of a customer could not be valued; '' where they have none that count."""
    ordered = ask(
        "SELECT segment FROM seen WHERE customer_id = $1 AND at_on = $2",
        customer,
        at_on,
        seen=tables["order_histories"],
    )
    none = unvalued(tables, (at_on, at_on)) if ordered else []
    return f"no model fits what is known of orders: {none[0].because}" if none else ""


def silence_words(tables: Tables, at_on: date) -> list[str]:
    """Has nobody bought for a year? Then the log ends there, or so does the business; a sentence that says what to do."""
    [row] = ask(
        "SELECT min(age_days - recency_days) AS days FROM seen WHERE at_on = $1", at_on, seen=tables["order_histories"]
    )
    if row["days"] is None or row["days"] <= _SILENCE:
        return []
    last = at_on - timedelta(days=row["days"])
    said = f"the last order is of {written.day(last)}, and customers are valued as of {written.day(at_on)}"
    return [
        f"{said}. Does the log end there? Then collect it as known then, in a new project: keepwell collect --known-at {last}"
    ]


def model_words(tables: Tables, at_on: date) -> list[str]:
    """Which segments have no model, or too few customers for parameters of their own, in sentences."""
    rows = ask("SELECT kind, segment, model, because FROM models WHERE chosen AND at_on = $1 AND kind <> 'spend' ORDER BY ALL",
               at_on, models=tables["value_models"])  # fmt: skip
    said = [f"{_segment(row)}: no model of {row['kind']} could be fitted ({row['because']})" for row in rows
            if row["model"] == "none"]  # fmt: skip
    few = sorted(
        {_segment(row) for row in rows if row["model"] != "none" and "too few for parameters" in row["because"]}
    )
    if few:
        verb = "is" if len(few) == 1 else "are"
        said.append(f"{written.listed(few)} {verb} valued with the parameters of all customers: too few of their own")
    return said


def _segment(row: Row) -> str:
    return written.clean(row["segment"]) or "without a segment"


def calibration(tables: Tables) -> list[Row]:
    """What was foretold and what came."""
    return ask("SELECT * FROM rows ORDER BY kind, segment <> '*', segment, part", rows=tables["value_calibration"])


def calibration_lines(found: Sequence[Row], width: int = WIDTH) -> list[str]:
    """What was foretold a year ago beside what came, and in plain words whether it came."""
    if not found:
        return ["Nothing was known a year ago from which something could be foretold."]
    lines: list[str] = []
    for kind, what in (("contracts", "Still customers"), ("orders", "Purchases")):
        rows = [(_whom(row), f"{row['customers']:,}", written.plain(row["foretold"]),
                 f"{written.plain(row['low'])}–{written.plain(row['high'])}", written.plain(row["came"]), _where(row))
                for row in found if row["kind"] == kind]  # fmt: skip
        columns = [Column(what, shrinks=True), Column("Of", right=True), Column("Expected", right=True),
                   Column("90% interval", right=True), Column("Came", right=True), Column()]  # fmt: skip
        lines += [*aligned(columns, rows, width), ""] if rows else []
    return [*lines, *(line for row in found if not row["part"] and row["segment"] == "*"
                      for line in wrapped(calibration_words(row), width))]  # fmt: skip


def calibration_words(row: Mapping[str, Any]) -> str:
    """Whether the total came as foretold, in a sentence."""
    contracts = row["kind"] == "contracts"
    what, came = ("customers still there", "were") if contracts else ("purchases", "came")
    ends = f"{written.plain(row['low'], 0)} to {written.plain(row['high'], 0)}"
    said = (f"On {written.day(row['from_on'])} {written.plain(row['foretold'], 0)} {what} were foretold for "
            f"{written.day(row['to_on'])}, and {written.plain(row['came'], 0)} {came}")  # fmt: skip
    if row["low"] <= row["came"] <= row["high"]:
        return f"{said}: inside the 90% interval ({ends})."
    way = "more" if row["came"] > row["high"] else "fewer"
    return f"{said}: {way} than the 90% interval ({ends}) allowed. The values are to be read with that in mind."


def _whom(row: Row) -> str:
    """Of whom it was foretold: all, a fifth of them (from the least likely on), or a segment."""
    if row["segment"] != "*":
        return written.clean(row["segment"]) or "no segment"
    return "all" if not row["part"] else f"fifth {row['part']}"


def _where(row: Row) -> str:
    if row["low"] <= row["came"] <= row["high"]:
        return ""
    return "above" if row["came"] > row["high"] else "below"


def _percent(value: Decimal) -> str:
    return written.share(value, 2)


def _money(amount: Decimal, terms: Terms) -> str:
    return written.money(amount, terms.currency, cents=False)
