"""Who stood behind what a customer became worth: people and departments, and what a department costs beside it?

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
"""

from __future__ import annotations

from keepwell.engine import Node, load_models


def nodes() -> list[Node]:
    """The nodes of the graph that credit customers' value."""
    return [*load_models("keepwell.credit")]
