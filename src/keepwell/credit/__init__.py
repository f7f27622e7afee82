"""Who stood behind what a customer became worth: people and departments, and what a department costs beside it?

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
| `shapley`     | what is each one's part, where every order of coming counts alike?             |
| `owen`        | the same, where departments come first and people within them after?           |
| `time_decay`  | and if a moment counts half as much for each so many days it lies back?        |
| `markov`      | how many of the ways to an outcome pass each stage?                            |
| `reach`       | and in the company's own record, span by span?                                 |
| `effect`      | what does a person or a team change, with customers like theirs?               |
| `effects_found` | and what do this company's?                                                  |
| `accounts`    | what does a department cost, beside what its customers gained and lost?        |

Each `.sql` file is a table of the run. `credit_ledger` is the account of it all: each change of a customer's value, cut to
the cent among those who stood behind it.

| window   | days | decides                                                                             |
|----------|------|-------------------------------------------------------------------------------------|
| credit   | 180  | work within so many days before the end of a span counts (all of a longer span)     |
"""

from __future__ import annotations

from keepwell.credit import accounts, effects_found, reach
from keepwell.engine import Node, load_models


def nodes() -> list[Node]:
    """The nodes of the graph that credit customers' value."""
    return [*load_models("keepwell.credit"), *reach.STEPS, effects_found.STEP, accounts.STEP]
