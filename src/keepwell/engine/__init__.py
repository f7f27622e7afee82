"""How are SQL models run, on one machine or many? Loading, order, running.

| file        | question it answers                                                            |
|-------------|--------------------------------------------------------------------------------|
| `model`     | what does a `.sql` file say of itself, and what does it read?                  |
| `step`      | how does Python stand in the graph?                                            |
| `graph`     | in which order, and what is needed?                                            |
| `portable`  | does a model mean the same on every engine?                                    |
| `bind`      | does each model give what it says it gives?                                    |
| `quotient`  | how is one exact number divided by another, alike on every engine?             |
| `duckdb`    | how does it run on one machine?                                                |
| `transpile` | how does a model read on Spark?                                                |
| `spark`     | how does it run on many machines?                                              |
| `buckets`   | what must be computed again, when a run was made before?                       |
| `emptiness` | which models give nothing, because what they read has no rows?                 |
| `run`       | run it: what is kept lies in Parquet files afterwards                          |
"""

from keepwell.engine.bind import check_models
from keepwell.engine.buckets import Reuse
from keepwell.engine.duckdb import DuckDBEngine
from keepwell.engine.emptiness import needs
from keepwell.engine.engine import Engine
from keepwell.engine.graph import Node, order_nodes
from keepwell.engine.model import Model, load_models, read_model
from keepwell.engine.quotient import quotient
from keepwell.engine.run import Ran, run_graph
from keepwell.engine.spark import SparkEngine, start_spark
from keepwell.engine.step import Step

__all__ = [
    "DuckDBEngine", "Engine", "Model", "Node", "Ran", "Reuse", "SparkEngine", "Step", "check_models",
    "load_models", "needs", "order_nodes", "quotient", "read_model", "run_graph", "start_spark",
]  # fmt: skip
