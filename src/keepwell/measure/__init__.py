"""x"""
from keepwell.engine import Node, load_models
def models() -> list[Node]:
    from keepwell import journey
    return [*journey.nodes(), *load_models("keepwell.measure")]
