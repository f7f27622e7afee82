"""Who stood behind what a customer became worth: people and departments, and what a department costs beside it?

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
| `shapley`     | what is each one's part, where every order of coming counts alike?             |
| `owen`        | the same, where departments come first and people within them after?           |
| `time_decay`  | and if a moment counts half as much for each so many days it lies back?        |
| `markov`      | how many of the ways to an outcome pass each stage?                            |
| `effect`      | what does a person or a team change, with customers like theirs?               |
"""

from __future__ import annotations

from keepwell.engine import Node, load_models


def nodes() -> list[Node]:
    """The nodes of the graph that credit customers' value."""
    return [*load_models("keepwell.credit")]
