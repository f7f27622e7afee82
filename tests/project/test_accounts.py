"""The block `accounts`: what is read, and what is said of what cannot be meant."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keepwell.core.departments import DEPARTMENTS
from keepwell.core.errors import ConfigurationError
from keepwell.project.accounts import Shared
from keepwell.project.config import read_project


def read(tmp_path, text: str):
    (tmp_path / "keepwell.yaml").write_text(f"company: Acme\ncurrency: EUR\n{text}", encoding="utf-8")
    return read_project(tmp_path).accounts.shared


def test_keys_and_stated_shares(tmp_path) -> None:
    found = read(
        tmp_path,
        "accounts: {shared: {it: headcount, finance: equal, other: revenue, product: {sales: 62.5%, support: 37.5%}}}",
    )
    assert found == {
        "it": Shared("headcount"), "finance": Shared("equal"), "other": Shared("revenue"),
        "product": Shared("stated", {"sales": Decimal("0.625"), "support": Decimal("0.375")}),
    }  # fmt: skip
    assert read(tmp_path, "") == {}
    assert read(tmp_path, "accounts: {}") == {}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("accounts: 3", "accounts-block", "a block"),
        ("accounts: {shred: {}}", "accounts-unknown-word", "shared"),
        ("accounts: {shared: 3}", "accounts-block", "a block"),
        ("accounts: {shared: {itt: equal}}", "accounts-department", "itt"),
        ("accounts: {shared: {it: headcuont}}", "accounts-key", "headcount"),
        ("accounts: {shared: {it: stated}}", "accounts-key", "headcount"),
        ("accounts: {shared: {it: {sales: 50%, support: 40%}}}", "accounts-sum", "90%"),
        ("accounts: {shared: {it: {sales: half}}}", "accounts-share", "30%"),
        ("accounts: {shared: {it: {finance: 100%}, finance: equal}}", "accounts-shared", "bears nothing"),
        ("accounts: {shared: {" + ", ".join(f"{name}: equal" for name in DEPARTMENTS) + "}}", "accounts-all", "none is left"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(tmp_path, text: str, code: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, text)
    [problem] = [one for one in refused.value.problems if one.code == code]
    assert said in str(problem)
    assert problem.line == 3
