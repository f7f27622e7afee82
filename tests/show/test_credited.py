"""Credit on a terminal: what adds up is shown to add up, and silence about effects has its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keepwell.credit.outcome import Outcome, Stake
from keepwell.show.credited import customer_lines, effect_lines, overview_lines, person_lines
from keepwell.show.names import Names

NAMES = Names(people={"p:1": "Ann Berg"}, customers={"c:1": "王小明"})
SPAN = (date(2026, 1, 1), date(2026, 7, 1))


def share(method: str, department: str, amount: str, part: str, person: str = "") -> dict[str, object]:
    return {
        "method": method,
        "department": department,
        "person_id": person,
        "amount": Decimal(amount),
        "share": Decimal(part),
    }


def test_all_methods_stand_beside_each_other_and_nobody_last() -> None:
    rows = [
        share("owen", "nobody", "10", "0.1"),
        share("owen", "sales", "90", "0.9"),
        share("equal", "sales", "100", "1"),
    ]
    people = [share("owen", "sales", "90", "0.9", "p:1")] * 20
    lines = overview_lines(rows, people, NAMES, "EUR", SPAN, "owen")
    assert lines[2].split() == ["Department", "Credit", "Owen", "Equal"]
    assert [line.split()[0] for line in lines[4:6]] == ["Sales", "Nobody"]
    assert "… and 5 others; --json lists them" in lines


def test_one_customer_and_one_person() -> None:
    stakes = (
        Stake("sales", "p:1", Decimal(70), 2, SPAN[0], {"owen": Decimal(1)}),
        Stake("nobody", "", Decimal(0), 0, None, {}),
    )
    ledger = [{"to_on": SPAN[1], "cause": cause, "department": name, "person_id": person, "amount": Decimal(5)}
              for cause, name, person in (("kept", "sales", "p:1"), ("kept", "support", ""), ("re_estimated", "nobody", ""))]  # fmt: skip
    lines = customer_lines("王小明", ledger, [Outcome("won", "d:1", SPAN[0], Decimal(70), "USD", stakes)], NAMES, "EUR")
    assert [line.split("  ")[0] for line in lines[4:7]] == ["1 Jul 2026", "", "1 Jul 2026"]
    assert any("Ann Berg (sales)" in line for line in lines)
    assert any("Support department" in line for line in lines)
    assert any("Estimated anew" in line for line in lines)
    assert "Won $70.00 on 1 Jan 2026" in lines
    mine = [{"customer_id": "c:1", "cause": "won", "amount": Decimal(5), "part": Decimal("0.5")}] * 21
    lines = person_lines("Ann Berg", mine, (), NAMES, "EUR", SPAN)
    assert lines[0] == "Credit of Ann Berg, 1 Jan 2026 to 1 Jul 2026: €105.00"
    assert "… and 1 other; --json lists them" in lines


def test_effects_are_ordered_only_where_a_ranking_is_warranted() -> None:
    def row(unit: str, department: str, effect: str, words: str) -> dict[str, object]:
        told = None if words else Decimal(effect)
        return {"outcome": "kept", "unit_kind": "person", "unit": unit, "department": department, "customers": 9,
                "difference": Decimal("0.05"), "effect": Decimal(0) if words else Decimal(effect), "low": told, "high": told,
                "words": words}  # fmt: skip

    rows = [
        row("p:1", "sales", "-0.02", ""),
        row("p:2", "sales", "0.04", ""),
        row("p:3", "support", "0", "Too few: not warranted."),
    ]
    lines = effect_lines(rows, NAMES, "EUR")
    assert [line.split()[0] for line in lines[4:7]] == ["2", "Ann", "3"]
    assert "[+4 to +4]" in lines[4]
    assert "Support: too few: not warranted." in lines
    assert effect_lines((), NAMES, "EUR") == ["No effects are known: customers with a value are needed."]
