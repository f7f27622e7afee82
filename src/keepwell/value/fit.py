"""What does a fit say: the parameters, how sure each is, and how likely what was seen is under them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from keepwell.core.errors import UsageError
from keepwell.value.summary import Summary

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_NUMBER = (int, float, np.integer, np.floating, Decimal, Fraction)

Z90 = 1.6448536269514722  # between −Z90 and Z90 lie 90% of a normal distribution


@dataclass(frozen=True)
class Fit:
    """Parameters that make what was seen likeliest, all positive, with the covariance of their logarithms.

    `covariance` is the inverse of the information matrix at the maximum, row by row, in the order of `names`.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    log_likelihood: float
    customers: int

    @classmethod
    def known(cls, names: Sequence[str], given: Mapping[str, Any], title: str) -> Fit:
        """Parameters as they were published or found before, `given` by name.

        Raises `UsageError` (`value-parameter`): others than `names`, not above 0, or no number.
        """
        if set(given) != set(names):
            found = ", ".join(given) or "none"
            raise UsageError("value-parameter", f"{title} has the parameters {', '.join(names)}; found {found}")
        for name in names:
            if not isinstance(given[name], _NUMBER) or not 0 < float(given[name]) < np.inf:
                raise UsageError("value-parameter", f"{title}: {name} is a number above 0; found {given[name]}")
        none = tuple((0.0,) * len(names) for _ in names)
        return cls(tuple(names), tuple(float(given[name]) for name in names), none, float("nan"), 0)

    def __getitem__(self, name: str) -> float:
        """The value of the parameter `name`; raises `UsageError` (`value-parameter`) where there is none."""
        if name not in self.names:
            message = f"no parameter {name}: this model has {', '.join(self.names)}"
            raise UsageError("value-parameter", message)
        return self.values[self.names.index(name)]

    @property
    def log_standard_errors(self) -> tuple[float, ...]:
        """How sure is each parameter's logarithm? Roughly the error as a share of the parameter."""
        return tuple(float(self.covariance[row][row]) ** 0.5 for row in range(len(self.names)))

    @property
    def standard_errors(self) -> tuple[float, ...]:
        """How sure is each parameter, in its own unit (delta method: value × standard error of its logarithm)?"""
        return tuple(value * error for value, error in zip(self.values, self.log_standard_errors, strict=True))

    def summary(self) -> Summary:
        """What are the parameters? One row each: value, standard error, and the 90% interval (never below 0).

        Of parameters that were not fitted but given, nothing is known of how sure they are: there the others are null.
        """
        errors = (
            np.array(self.log_standard_errors) if any(map(any, self.covariance)) else np.full(len(self.names), np.nan)
        )
        spread, values = np.exp(Z90 * errors), np.array(self.values)
        return Summary({"parameter": self.names, "value": values, "standard_error": values * errors,
                        "low": values / spread, "high": values * spread})  # fmt: skip

    def draws(self, count: int, seed: int = 0) -> Reals:
        """Which parameters would also fit: `count` rows, in the order of `names`, log-normal about the maximum.

        They stand for the uncertainty of the parameters (Laplace's approximation) and come in pairs, mirrored about
        the maximum, so that their middle is the fit itself. The same `seed` gives the same draws.
        """
        half = np.random.default_rng(seed).standard_normal((count - count // 2, len(self.names)))
        both = np.concatenate([half, -half])[:count]
        covariance = np.array(self.covariance)
        root = np.linalg.cholesky(covariance) if covariance.any() else covariance
        drawn: Reals = np.exp(np.log(np.array(self.values)) + both @ root.T)
        return drawn

    def scaled(self, factors: Sequence[float], log_likelihood_shift: float = 0.0) -> Fit:
        """The same fit where each parameter is `factors` times as large, as when the unit of time or money changes."""
        values = tuple(float(value * factor) for value, factor in zip(self.values, factors, strict=True))
        return replace(self, values=values, log_likelihood=self.log_likelihood + log_likelihood_shift)
