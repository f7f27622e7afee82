"""How are the words read by which several measures, or several people, decide: blend, matrix, rank?"""

from __future__ import annotations

from fractions import Fraction

from keepwell.pay.plan import Among, Blend, Cell, Matrix, Part, Point, Reading, Shape, Unit, Value
from keepwell.pay.read_conditions import Around, read_reading
from keepwell.pay.vocabulary import BLENDED, MATRIX
from keepwell.pay.words import Words, number_of, percent_of
from keepwell.project.yaml import Node


def read_blend(words: Words, node: Node | None, around: Around, unit: Unit, against: str) -> Blend | None:
    """The measures of `measure: {blend: {…}}` with their weights; None where the part has one measure."""
    if node is None or not isinstance(node.value, dict):
        return None
    what = f"{around.what}: measure"
    block = words.block(node, what, BLENDED)
    of: list[tuple[Reading, Fraction]] = []
    for name, child in block["blend"].block.items() if "blend" in block else ():
        if name not in around.measures or around.measures[name].kind != "amount":
            words.say(block["blend"], "plan-blend", f"{what}: {name} is no amount, so it has no quota to attain",
                      expected="amounts such as signed_annual_value", line=block["blend"].key_lines[name])  # fmt: skip
        of.append((Reading(f"{around.part}: {name}", name, unit, around.credit, _plain(against), against == "quota_to_date"),
                   words.percent(child, f"{what}: {name}")))  # fmt: skip
    total = sum((weight for _, weight in of), Fraction(0))
    if total != 1:
        words.say(
            node, "plan-blend", f"{what}: the weights of the blend add to {float(total * 100):g}%", expected="100%"
        )
    if against == "nothing":
        words.say(node, "plan-blend", f"{what}: what is blended are attainments", expected="against: quota")
    least = words.percent(block["each_at_least"], f"{what}: each_at_least") if "each_at_least" in block else Fraction(0)
    return Blend(tuple(of), least)


def _plain(against: str) -> str:
    return "quota" if against == "quota_to_date" else against


def check_blend(words: Words, node: Node, part: Part) -> None:
    """Do the words of a part fit what is blended: attainments, of no facts of its own?"""
    what, shape = f"part {part.name}", part.shape
    if part.hold or part.take_back:
        words.say(node, "plan-blend", f"{what}: a blend has no facts of its own to hold or take back",
                  expected="one measure", line=node.key_lines["measure"])  # fmt: skip
    if shape.kind == "rank":
        words.say(node.block["pays"], "plan-blend", f"{what}: people are ranked by one measure, not by a blend",
                  line=node.key_lines["pays"])  # fmt: skip
    if part.over == "each":
        words.say(node, "plan-over", f"{what}: a single fact attains no quota", expected="over: period",
                  line=node.key_lines["over"])  # fmt: skip
    if not shape.percent_keys and shape.kind not in ("rate", "rank"):
        words.say(node.block["pays"], "plan-keys", f"{what}: a blend is attainment, so its boundaries are percentages",
                  line=node.key_lines["pays"])  # fmt: skip
    if part.weight is None and (shape.kind not in ("curve", "amount", "matrix", "rank") or shape.percent_values):
        words.say(node.block["pays"], "plan-values", f"{what}: without a weight, a blend pays money", expected="plain numbers",
                  line=node.key_lines["pays"])  # fmt: skip


def read_matrix(words: Words, node: Node, around: Around) -> tuple[Shape, Matrix] | None:
    """What `pays: {matrix: …}` says; the shape has the best of each row, for pictures."""
    what = f"{around.what}: matrix"
    block = words.block(node, what, MATRIX)
    for word in ("by", "levels"):
        if word not in block:
            words.say(node, "plan-word-missing", f"{what} does not say its {word}",
                      expected="{by: {measure: nps, of: team}, levels: {0%: {0: 0%, 40: 20%}, 100%: {0: 80%, 40: 100%}}}")  # fmt: skip
            return None
    by_words = words.block(block["by"], f"{what}: by", MATRIX["by"]["properties"])
    by = read_reading(words, block["by"], by_words, around, "only_if by", f"{what}: by")
    cells, keys, before = [], [], len(words.problems)
    for text, row in block["levels"].block.items():
        outer = _key(words, block["levels"], text, what)
        keys.append(outer[1])
        for inner_text, child in row.block.items():
            inner = _key(words, row, inner_text, what)
            if by is not None and inner[1] != _is_share(by, around) and len(words.problems) == before:
                words.say(row, "plan-keys", f"{what}: {inner_text} is no level of {by.measure}",
                          expected="70%" if _is_share(by, around) else "40", line=row.key_lines[inner_text])  # fmt: skip
            cells.append(Cell(outer[0], inner[0], _value(words, child, what)))
    _check_cells(words, block["levels"], cells, keys, what)
    if by is None or len(words.problems) > before:
        return None
    by = Reading(f"{around.part}: by", by.measure, by.unit, by.credit, by.against, by.to_date, by.answers)
    best = {cell.outer: Point(cell.outer, cell.value) for cell in cells}
    return Shape("matrix", tuple(best.values()), percent_keys=all(keys)), Matrix(by, tuple(cells))


def _is_share(by: Reading, around: Around) -> bool:
    measure = around.measures[by.measure]
    return by.against != "nothing" if measure.kind == "amount" else measure.is_share


def _check_cells(words: Words, node: Node, cells: list[Cell], keys: list[bool], what: str) -> None:
    places = [(cell.outer, cell.inner) for cell in cells]
    if not cells:
        words.say(node, "plan-shape", f"{what} needs levels, each with what it pays by the other measure")
    elif places != sorted(set(places)):
        words.say(node, "plan-boundaries", f"{what}: levels must ascend", expected="each above the one before")
    elif len({tuple(cell.inner for cell in cells if cell.outer == outer) for outer, _ in places}) > 1:
        words.say(node, "plan-matrix", f"{what}: each row has the same levels of the other measure")
    if len(set(keys)) > 1:
        words.say(
            node,
            "plan-mixed-keys",
            f"{what} mixes percentages and plain numbers as boundaries",
            expected="all of one kind",
        )
    if len({cell.value.percent for cell in cells if cell.value.percent or cell.value.number}) > 1:
        words.say(
            node,
            "plan-mixed-values",
            f"{what} mixes percentages and plain numbers as values",
            expected="all of one kind",
        )


def _key(words: Words, node: Node, text: str, what: str) -> tuple[Fraction, bool]:
    percent, plain = percent_of(text), number_of(text)
    if percent is None and plain is None:
        words.say(node, "plan-boundary", f"{what}: the boundary {text} is no number", expected="such as 50% or 10000",
                  line=node.key_lines[text])  # fmt: skip
    return (percent if percent is not None else plain or Fraction(0)), percent is not None


def _value(words: Words, node: Node, what: str) -> Value:
    percent, plain = percent_of(node.raw), number_of(node.raw)
    if percent is None and plain is None:
        words.say(node, "plan-value", f"{what} pays no number here", expected="such as 60% or 500")
    return Value(percent if percent is not None else plain or Fraction(0), percent is not None)


def read_rank(words: Words, node: Node, what: str) -> Shape | None:
    """What `pays: {rank: …}` says: an amount by place, from 1 on."""
    points = [Point(_key(words, node, text, what)[0], _value(words, child, what)) for text, child in node.block.items()]
    if [point.key for point in points] != list(range(1, len(points) + 1)) or not points:
        words.say(node, "plan-rank", f"{what}: places are 1, 2, 3, …, none left out", expected="{1: 5000, 2: 3000}")
        return None
    if len({point.value.percent for point in points}) > 1:
        words.say(
            node,
            "plan-mixed-values",
            f"{what} mixes percentages and plain numbers as values",
            expected="all of one kind",
        )
    return Shape("rank", tuple(points), percent_keys=False)


def check_rank(words: Words, node: Node, part: Part, among: Among | None, *, scored: bool) -> None:
    """May people be ranked by this part's measure?"""
    what, pays = f"part {part.name}", node.block["pays"]
    if part.shape.kind != "rank":
        if among is not None:
            words.say(
                node.block["among"], "plan-rank", f"{what}: among whom is said of a rank", expected="pays: {rank: …}"
            )
        return
    if scored and not part.despite:
        words.say(pays, "plan-rank-noise", f"{what}: {part.measure} has chance in it, so that places would go by luck",
                  expected="an amount, or despite: the reason", line=node.key_lines["pays"])  # fmt: skip
    if part.over == "each" or part.unit == "company":
        words.say(pays, "plan-rank", f"{what}: people are ranked by what each has reached in a window",
                  expected="over: period, of: own", line=node.key_lines["pays"])  # fmt: skip
