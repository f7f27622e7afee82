"""How fast is a hazard of leaving fitted, beside the logistic regressions that are used for it?

    .venv/bin/python benchmarks/value_renewals.py [--accounts 200000]

Accounts with 12 covariates come to up to 12 renewals; who leaves follows from known coefficients. The rivals (group
`peers`: scikit-learn, statsmodels) fit the same model, without a penalty, on a row of each account and renewal with a
column of each renewal; writing out those rows is counted apart. Keepwell is timed from the accounts, and from the same
rows. All fit the same likelihood: the coefficients must agree. One process, rivals in turn; medians; seconds of
processor stand beside those of the clock, which a busy machine makes worthless.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from children import machine

from keepwell.value.hazard import fit_hazard
from keepwell.value.person_periods import PersonPeriods

COVARIATES, RENEWALS = 12, 12
LIMIT = 2.0


@dataclass
class Contender:
    """Who fits, and what it took each time: seconds on the clock, of the processor; the coefficients found."""

    name: str
    fit: Callable[[], np.ndarray]
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    found: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def run(self) -> None:
        """Fit once more."""
        clock, processor = time.perf_counter(), time.process_time()
        self.found = self.fit()
        self.clock.append(time.perf_counter() - clock)
        self.processor.append(time.process_time() - processor)


def main() -> int:
    """0: Keepwell is below the limit and faster than the rivals; 1: it is not."""
    parser = argparse.ArgumentParser(description="Time the hazard kernel beside scikit-learn and statsmodels.")
    parser.add_argument("--accounts", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    covariates, duration, left = accounts(asked.accounts)
    clock = time.perf_counter()
    written, renewal, leaves = rows(covariates, duration, left)
    took = time.perf_counter() - clock
    print(f"Machine   {machine()}")
    print(f"Accounts  {asked.accounts:,}, {len(leaves):,} rows of account and renewal, {int(left.sum()):,} left")
    print(f"The rivals' rows were written out in {took:.1f} s")
    contenders = [
        Contender("keepwell, from accounts", lambda: ours(
            PersonPeriods.of_lives(covariates, duration, left, steps=range(RENEWALS)))),
        Contender("keepwell, from the rows", lambda: ours(PersonPeriods.of_rows(
            written[:, :COVARIATES], renewal, np.ones(len(leaves)), leaves, np.eye(RENEWALS),
            [f"renewal {n + 1}" for n in range(RENEWALS)]))),
        Contender("scikit-learn, newton-cholesky", lambda: scikit_learn(written, leaves, "newton-cholesky")),
        Contender("scikit-learn, lbfgs (its default)", lambda: scikit_learn(written, leaves, "lbfgs")),
        Contender("statsmodels Logit", lambda: stats_models(written, leaves)),
    ]  # fmt: skip
    for _ in range(asked.times):
        for one in contenders:
            one.run()
    return report(contenders)


def report(contenders: list[Contender]) -> int:
    """Print the table; says whether the limit and the rivals were beaten."""
    ours_first, *rest = contenders
    print(f"\n{'':36}{'clock':>9}{'processor':>11}{'against ours':>14}{'coefficients differ by':>24}")
    for one in contenders:
        clock, processor = statistics.median(one.clock), statistics.median(one.processor)
        times = processor / statistics.median(ours_first.processor)
        apart = float(np.abs(one.found - ours_first.found).max())
        print(f"{one.name:36}{clock:8.2f}s{processor:10.2f}s{times:13.1f}x{apart:24.1e}")
    rivals = [one for one in rest if not one.name.startswith("keepwell")]
    slowest = max(statistics.median(one.clock) for one in contenders[:2])
    faster = all(statistics.median(one.clock) > slowest for one in rivals)
    print(f"\nboth ways of ours below {LIMIT:.0f} s: {'yes' if slowest < LIMIT else 'NO'}; faster than every rival: "
          f"{'yes' if faster else 'NO'}")  # fmt: skip
    return 0 if slowest < LIMIT and faster else 1


def accounts(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariates, at how many renewals each account was seen, and whether it left at the last of them."""
    dice = np.random.default_rng(7)
    covariates = dice.standard_normal((count, COVARIATES))
    covariates[:, 6:] = covariates[:, 6:] > 0.5
    height = -2.6 + 0.3 * np.sin(np.arange(RENEWALS))
    at = height + (covariates @ np.linspace(-0.5, 0.5, COVARIATES))[:, None]
    leaves = dice.random((count, RENEWALS)) < 1 / (1 + np.exp(-at))
    when = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, RENEWALS + 1)
    seen = dice.integers(1, RENEWALS + 1, count)
    return covariates, np.minimum(when, seen), when <= seen


def rows(covariates: np.ndarray, duration: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A row of each account and renewal, with a column of each renewal; the renewal; whether they left at it."""
    account = np.repeat(np.arange(len(duration)), duration)
    renewal = np.arange(len(account)) - np.repeat(np.cumsum(duration) - duration, duration)
    written = np.column_stack([covariates[account], np.eye(RENEWALS)[renewal]])
    return written, renewal, ((renewal == duration[account] - 1) & left[account]).astype(float)


def ours(seen: PersonPeriods) -> np.ndarray:
    """Keepwell's coefficients."""
    return fit_hazard(seen, "logit").coefficients


def scikit_learn(written: np.ndarray, leaves: np.ndarray, solver: str) -> np.ndarray:
    """Without a penalty and an intercept: the renewals' columns are the intercepts."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = LogisticRegression(C=np.inf, fit_intercept=False, solver=solver, max_iter=500).fit(written, leaves)
    return np.asarray(model.coef_[0, :COVARIATES])


def stats_models(written: np.ndarray, leaves: np.ndarray) -> np.ndarray:
    """Newton's method, its default."""
    import statsmodels.api as sm

    return np.asarray(sm.Logit(leaves, written).fit(disp=False).params[:COVARIATES])


if __name__ == "__main__":
    sys.exit(main())
