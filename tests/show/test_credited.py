"""Credit on a terminal: what adds up is shown to add up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keepwell.credit.outcome import Outcome, Stake
from keepwell.show.credited import customer_lines, overview_lines, person_lines
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
    lines = overview_lines(rows, people, NAMES, "EUR", SPAN, "owen", Decimal(30))
    assert lines[0] == "Credit of what customers gained, 1 Jan 2026 to 1 Jul 2026: €100 by owen"
    assert lines[2].split() == ["Department", "Credit", "Owen", "Equal"]
    assert [line.split()[0] for line in lines[4:6]] == ["Sales", "Nobody"]
    assert "… and 5 others; --json lists them" in lines
    assert "kept (€30, which keepwell accounts shows apart)" in " ".join(lines)


def test_a_method_that_shares_out_another_amount_is_marked() -> None:
    rows = [
        share("owen", "sales", "90000", "1"),
        share("saves", "sales", "700", "1"),
        share("markov", "sales", "89999.50", "1"),
    ]
    lines = overview_lines(rows, (), NAMES, "EUR", SPAN, "saves", Decimal(0))
    assert lines[0].endswith(": €700 by saves")
    assert lines[2].split() == ["Department", "Credit", "Owen", "Saves*", "Markov"]
    assert lines[5].split() == ["100%", "is,", "EUR", "90,000", "700", "90,000"]
    assert "It shares out €700." in " ".join(lines)
    assert "*saves shares out another amount" in " ".join(lines)
    nothing = overview_lines((), (), NAMES, "EUR", SPAN, "owen", Decimal(0))
    assert nothing[-1] == "No customer gained any value in this time: there is nothing to credit."


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
    assert "Won on 1 Jan 2026: $70.00 signed" in lines
    mine = [{"customer_id": "c:1", "cause": "won", "amount": Decimal(5), "part": Decimal("0.5")}] * 21
    lines = person_lines("Ann Berg", mine, "EUR", NAMES, SPAN)
    assert lines[0] == "Credit of Ann Berg, 1 Jan 2026 to 1 Jul 2026: €105.00"
    assert "… and 1 other; --json lists them" in lines
