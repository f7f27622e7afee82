"""A fit's figures are read by people as lines, and by libraries as Arrow or pandas."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from keepwell.value.bg_nbd import BetaGeo
from keepwell.value.fit import Fit
from keepwell.value.summary import Summary

FIT = Fit(("r", "alpha"), (0.2426, 4.4136), ((0.0025, 0.0), (0.0, 0.0016)), -9582.4, 2357)


def test_it_shows_itself_in_aligned_columns() -> None:
    assert repr(FIT.summary()).splitlines() == [
        "parameter   value  standard_error     low    high",
        "r          0.2426          0.0121  0.2234  0.2634",
        "alpha      4.4136          0.1765  4.1326  4.7138",
    ]
    assert FIT.summary()._repr_html_().startswith("<pre>parameter   value")


def test_libraries_read_it() -> None:
    table = FIT.summary()
    assert table.to_pylist()[0]["parameter"] == "r"
    assert pa.table(table).equals(table.table)
    assert isinstance(table.to_pandas(), pd.DataFrame)
    assert (table.column_names[0], table["value"].to_pylist(), len(table)) == ("parameter", [0.2426, 4.4136], 2)


def test_of_parameters_that_were_given_nothing_is_known_of_how_sure_they_are() -> None:
    known = BetaGeo.known(r=0.2426, alpha=4.4136, a=0.7929, b=2.4259).summary()
    assert known.to_pylist()[1] == {
        "parameter": "alpha",
        "value": 4.4136,
        "standard_error": None,
        "low": None,
        "high": None,
    }
    assert "–" in repr(known)


def test_numbers_of_any_size_are_told() -> None:
    lines = repr(Summary({"name": ["small", "large", "none"], "value": [2e-7, 3.2e9, 0.0]})).splitlines()
    assert [line.split() for line in lines[1:]] == [["small", "2e-07"], ["large", "3.2e+09"], ["none", "0.0000"]]
