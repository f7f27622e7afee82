"""What is each customer worth over their lifetime, how sure is that, and what changed it since an earlier moment?

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
| `fit`         | what does a fit say: parameters, how sure each is?                             |
| `maximise`    | which parameters make what was seen likeliest, and is there such a point?      |
"""

from __future__ import annotations

from keepwell.engine import Node, load_models


def nodes() -> list[Node]:
    """The nodes of the graph that value customers."""
    return [*load_models("keepwell.value")]
