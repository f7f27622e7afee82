"""Which model values a segment's customers? The one that foretold best what came later, among all that could be fitted.

Every model is fitted to what was known a year ago (see `moments`) and scored by how likely it made what came since: the
log-likelihood of the histories as now known less that of the histories then, under the parameters of then. A segment
with few customers or events has no parameters of its own: those of all customers take their place, and compete with a
larger segment's own as well. The same model, fitted anew, values every other moment; where it has no maximum there,
the next best does, and that is said.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from keepwell.core.errors import RefusedError
from keepwell.core.tables import Column, Table
from keepwell.value.fit import Fit

H = TypeVar("H")
ALL = "*"
NO_MODEL = "none"
FEWEST_CUSTOMERS, FEWEST_EVENTS = 50, 10
_DIGITS = 9

MODELS = Table(
    "value_models",
    (
        Column("at_on", "date", "the moment", key=True, required=True),
        Column("kind", "text", "contracts, orders or spend", key=True, required=True),
        Column("segment", "text", "the segment that is valued; '' none", key=True, required=True),
        Column("model", "text", "the model; none: nothing could be fitted", key=True, required=True),
        Column("fitted_on", "text", "the segment whose customers gave the parameters; * all", key=True, required=True),
        Column("customers", "integer", "to how many customers it was fitted", required=True),
        Column("events", "integer", "how many of them left, or bought again", required=True),
        Column("log_likelihood", "number", "of what was known then"),
        Column("later_log_likelihood", "number", "of what came to the segment's customers after it"),
        Column("chosen", "boolean", "it values the segment's customers", required=True),
        Column("because", "text", "why it does, or why there is none", required=True),
        Column(
            "parameters", "text", "names, values, and the covariance of the logarithms, as JSON; '' none", required=True
        ),
    ),
    says="a model that was fitted for a segment, and whether it values its customers",
    gives="by which model and parameters each customer is valued",
)


class Kind(ABC, Generic[H]):
    """A kind of history, and the models for it, the plainest first. `fewest` customers and events make own parameters."""

    name: ClassVar[str]
    models: ClassVar[tuple[str, ...]]
    of_all: ClassVar[
        tuple[str, ...]
    ] = ()  # those that are fitted to all customers only, and compared only by what came
    events_are: ClassVar[str]
    foretold: ClassVar[str] = "what came since"  # and a day: what models are compared by
    otherwise: ClassVar[str] = NO_MODEL  # what values all customers alike where none of the models can be fitted

    @abstractmethod
    def size(self, histories: H) -> tuple[int, int]:
        """How many customers, and how many events from which something can be learnt?"""

    @abstractmethod
    def fit(self, model: str, histories: H) -> Fit:
        """The parameters. Raises `RefusedError` (`value-no-maximum`)."""

    @abstractmethod
    def log_likelihood(self, model: str, fit: Fit, histories: H) -> float:
        """How likely are these histories under the parameters?"""

    def later(self, model: str, fit: Fit, then: H, now: H) -> float:
        """How likely did the parameters of then make what came between?"""
        return self.log_likelihood(model, fit, now) - self.log_likelihood(model, fit, then)


@dataclass(frozen=True)
class Candidate:
    """A model with the parameters of some customers: of a segment or of all."""

    model: str
    fitted_on: str


@dataclass(frozen=True)
class Judged:
    """What became of a candidate at the moment of judging."""

    candidate: Candidate
    fit: Fit | None
    score: float
    why: str


@dataclass(frozen=True)
class Course:
    """How a segment's model is chosen: the moment `at` which candidates are compared, and the order in which they count.

    `judge`: that moment, where what came later decides; None: likelihood and number of parameters do. `few`: why the
    segment has no parameters of its own.
    """

    at: date
    judge: date | None
    judged: tuple[Judged, ...]
    order: tuple[Judged, ...]
    few: str
    foretold: str

    @property
    def why(self) -> str:
        """Why the first in order is chosen."""
        if self.judge is None:
            said = "too little was known a year ago to judge by what came later: best by likelihood and number of parameters"
        elif len(self.order) == 1:
            said = "the only one that could be fitted"
        else:
            said = f"foretold best of {len(self.order)} {self.foretold} {self.judge.isoformat()}"
        return f"{said}; {self.few}" if self.few else said


@dataclass
class Chooser(Generic[H]):
    """Chooses for one kind. `histories` are those at a moment, of a segment or of all (`*`); fits are made once."""

    kind: Kind[H]
    histories: Callable[[date, str], H]
    moments: Sequence[date]
    judge: date | None
    _made: dict[tuple[date, Candidate], Fit | str] = field(default_factory=dict)

    def rows(self, segments: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The rows of `MODELS` for these segments."""
        for segment in segments:
            yield from self._of_segment(segment, single=len(segments) == 1)

    def _of_segment(self, segment: str, *, single: bool) -> Iterator[dict[str, Any]]:
        course = self._course(segment, self.judge, single=single)
        if not course.order:  # nothing was known a year ago
            course = self._course(segment, None, single=single)
        for moment in self.moments:
            chosen = self._chosen(moment, segment, course)
            yield chosen
            if moment == course.at:
                same = (chosen["model"], chosen["fitted_on"])
                yield from (self._row(moment, segment, one.candidate, one.fit, one.score, one.why)
                            for one in course.judged if (one.candidate.model, one.candidate.fitted_on) != same)  # fmt: skip

    def _course(self, segment: str, judge: date | None, *, single: bool) -> Course:
        at = judge or self.moments[-1]
        few = "" if single else self._too_few(at, segment)
        own = [ALL] if single or few else [segment, ALL]
        candidates = [Candidate(model, fitted_on) for fitted_on in own for model in self.kind.models
                      if model not in self.kind.of_all or (judge is not None and fitted_on == ALL)]  # fmt: skip
        judged = [self._judge(at, judge, segment, candidate) for candidate in candidates]
        order = sorted((one for one in judged if one.fit is not None), key=lambda one: -one.score)
        return Course(at, judge, tuple(judged), tuple(order), few, self.kind.foretold)

    def _too_few(self, at: date, segment: str) -> str:
        customers, events = self.kind.size(self.histories(at, segment))
        if customers >= FEWEST_CUSTOMERS and events >= FEWEST_EVENTS:
            return ""
        return (f"{customers} customers with {events} {self.kind.events_are} are too few for parameters of their own "
                f"(fewer than {FEWEST_CUSTOMERS} or {FEWEST_EVENTS}): those of all customers")  # fmt: skip

    def _judge(self, at: date, judge: date | None, segment: str, candidate: Candidate) -> Judged:
        made = self._fit(at, candidate)
        if isinstance(made, str):
            return Judged(candidate, None, float("-inf"), made)
        kind, model = self.kind, candidate.model
        then = self.histories(at, segment)
        if judge is None:
            return Judged(candidate, made, kind.log_likelihood(model, made, then) - len(made.names), "")
        return Judged(candidate, made, kind.later(model, made, then, self.histories(self.moments[-1], segment)), "")

    def _chosen(self, moment: date, segment: str, course: Course) -> dict[str, Any]:
        passed_over: list[str] = []
        for one in course.order:
            made = self._fit(moment, one.candidate)
            if not isinstance(made, str):
                why = "; ".join([course.why, *passed_over])
                return {**self._row(moment, segment, one.candidate, made, one.score, why), "chosen": True}
            passed_over.append(f"{one.candidate.model} was passed over: {made}")
        reasons = [one.why for one in course.judged if one.why]
        why = "; ".join(dict.fromkeys([*([course.few] if course.few else []), *passed_over, *reasons]))
        plain = self._fit(moment, Candidate(self.kind.otherwise, ALL)) if self.kind.otherwise != NO_MODEL else None
        if isinstance(plain, str):
            why, plain = "; ".join(dict.fromkeys([*why.split("; "), plain])), None
        elif plain is not None:
            why = f"the only one that could be fitted; {why}"
        last = Candidate(self.kind.otherwise if plain is not None else NO_MODEL, ALL)
        return {**self._row(moment, segment, last, plain, float("-inf"), why), "chosen": True}

    def _fit(self, moment: date, candidate: Candidate) -> Fit | str:
        """The fit, or why there is none."""
        key = (moment, candidate)
        if key not in self._made:
            histories = self.histories(moment, candidate.fitted_on)
            try:
                self._made[key] = rounded(self.kind.fit(candidate.model, histories))
            except RefusedError as error:
                self._made[key] = error.message
        return self._made[key]

    def _row(
        self, at: date, segment: str, candidate: Candidate, fit: Fit | None, score: float, why: str
    ) -> dict[str, Any]:
        customers, events = self.kind.size(self.histories(at, candidate.fitted_on))
        judged = at == self.judge and np.isfinite(score)
        return {
            "at_on": at, "kind": self.kind.name, "segment": segment, "model": candidate.model,
            "fitted_on": candidate.fitted_on, "customers": customers, "events": events,
            "log_likelihood": None if fit is None else fit.log_likelihood,
            "later_log_likelihood": score if judged else None, "chosen": False, "because": why,
            "parameters": "" if fit is None else written(fit),
        }  # fmt: skip


def rounded(fit: Fit) -> Fit:
    """The fit to nine digits: what is written down is what is computed with."""
    return read(written(fit), fit.log_likelihood, fit.customers)


def written(fit: Fit) -> str:
    """The fit as text."""
    covariance = [[_short(value) for value in row] for row in fit.covariance]
    return json.dumps({"names": fit.names, "values": [_short(value) for value in fit.values], "covariance": covariance})


def read(text: str, log_likelihood: float = float("nan"), customers: int = 0) -> Fit:
    """The fit that was written."""
    told: Mapping[str, Any] = json.loads(text)
    return Fit(
        tuple(told["names"]), tuple(told["values"]), tuple(map(tuple, told["covariance"])), log_likelihood, customers
    )


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
