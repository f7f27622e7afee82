"""How is the customer experience, by every unit and period, and how sure is it? The catalogue, and what it rests on.

One measure is one file (`nps.py`: what it asks) and its SQL (`nps.sql`: what is observed of it). `measure_sums` adds
up what was observed, `rows` makes of it values with intervals for any unit and period.

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
| `catalogue`   | which measures are there, and what is missing for them?                        |
| `facts`       | which amounts can a person be paid on?                                         |
| `rows`        | what does a measure say, for each unit and period?                             |
| `cells`       | what was observed in each unit over each window?                               |
| `spans`       | what became of the customers of a day?                                         |
| `estimates`   | what is the value, and how sure is it, given the sums?                         |
| `survival`    | how long does it take, when some have not come to the end yet?                 |
| `intervals`   | how sure is a share, a mean, a difference, an NPS?                             |
| `credibility` | how much of a unit's own result is to be believed?                             |

| window        | days | decides                                                                   |
|---------------|------|---------------------------------------------------------------------------|
| first_contact | 14   | a case on the same topic within so many days: it was not solved for good  |
| quarter_end   | 14   | the last days of a quarter                                                |
| rescue        | 14   | a rescue logged within so many days of the notice counts                  |
| saved         | 90   | who leaves within so many days of the notice was not saved                |
"""

from __future__ import annotations

from keepwell.engine import Node, load_models
from keepwell.measure.catalogue import CATALOGUE, Availability, available, find_measure, missing
from keepwell.measure.facts import FACTS
from keepwell.measure.measure import PERIOD_KINDS, UNIT_KINDS, Measure
from keepwell.measure.rows import MEASURES, STEP, Observations, measure_rows, measure_windows, read_observations
from keepwell.measure.windows import Window, windows_of

__all__ = [
    "CATALOGUE", "FACTS", "MEASURES", "PERIOD_KINDS", "UNIT_KINDS", "Availability", "Measure", "Observations", "Window",
    "available", "find_measure", "measure_rows", "measure_windows", "missing", "nodes", "read_observations",
    "windows_of",
]  # fmt: skip


def nodes() -> list[Node]:
    """The measures' nodes of the graph."""
    return [*load_models("keepwell.measure"), STEP]
