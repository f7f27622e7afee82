"""The company that is drawn: its story holds, it adds up, and the truth can be found again in it."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from scipy import optimize, stats

from keepwell.core.errors import UsageError
from keepwell.demo import contracting
from keepwell.demo.company import Company, draw_company
from keepwell.demo.promising import KEPT
from keepwell.demo.selling import EURO_OF_CURRENCY, in_last_two_weeks
from keepwell.demo.settings import A_DAY, NEVER, NOBODY, Settings
from keepwell.demo.story import Story

TODAY = date(2026, 9, 30)


@cache
def company(customers: int = 500, months: int = 24, seed: int = 7) -> Company:
    return draw_company(Settings(customers, months, seed, TODAY))


def of_seller(drawn: Company, person: int) -> np.ndarray:
    return drawn.customers.seller == person


def difference(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Newcombe's interval of the difference of two shares, near enough: Agresti and Caffo's."""
    p, q, n, m = (a.sum() + 1) / (len(a) + 2), (b.sum() + 1) / (len(b) + 2), len(a) + 2, len(b) + 2
    half = 1.96 * np.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    return p - q - half, p - q + half


class TestStory:
    @pytest.mark.parametrize("seed", [7, 8, 9, 10])
    def test_the_two_sellers_are_alike_in_sales(self, seed):
        drawn = company(seed=seed)
        signed = [
            (drawn.customers.annual_value * EURO_OF_CURRENCY[drawn.customers.currency])[
                of_seller(drawn, seller) & (drawn.customers.signed >= drawn.settings.start)
            ].sum()
            for seller in drawn.seller_of_story
        ]
        assert abs(signed[0] / signed[1] - 1) < 0.03
        assert all(of_seller(drawn, seller).sum() >= 40 for seller in drawn.seller_of_story)

    @pytest.mark.parametrize("seed", [7, 8, 9, 10])
    def test_what_comes_after_differs_beyond_chance(self, seed):
        drawn = company(seed=seed)
        careful, careless = (of_seller(drawn, seller) for seller in drawn.seller_of_story)
        left = drawn.lives.left <= drawn.settings.end
        assert difference(left[careless], left[careful])[1] > 0
        kept = drawn.promises.status == KEPT
        low, _ = difference(kept[careful[drawn.promises.customer]], kept[careless[drawn.promises.customer]])
        assert low > 0.1

    def test_at_the_default_seed_customers_leave_the_careless_seller_more_often_beyond_chance(self):
        drawn = company()
        careful, careless = (of_seller(drawn, seller) for seller in drawn.seller_of_story)
        left = drawn.lives.left <= drawn.settings.end
        assert difference(left[careless], left[careful])[0] > 0

    @pytest.mark.parametrize("seed", [7, 8, 9, 10])
    def test_one_customer_goes_the_whole_way_to_leaving_while_commission_can_be_taken_back(self, seed):
        drawn = company(seed=seed)
        one = drawn.featured
        assert one != NOBODY
        signed, left = drawn.customers.signed[one], drawn.lives.left[one]
        handed_over, live = drawn.delivery.reached[one, 0], drawn.delivery.live[one]
        assert signed < handed_over < live < left <= drawn.settings.end
        assert left - signed < 180
        assert drawn.delivery.planned[one] + 30 < live
        assert (drawn.tickets.customer == one).sum() >= 5
        assert drawn.customers.seller[one] == drawn.seller_of_story[1]

    def test_one_success_manager_asks_only_the_contented(self):
        drawn = company()
        by_hand = drawn.surveys.invited_by != NOBODY
        assert by_hand.sum() > 20
        assert drawn.lives.mood[drawn.surveys.customer[by_hand]].min() > 0.35


class TestTruth:
    def test_leaving_depends_on_the_first_90_days(self):
        """A logistic regression on what can be seen finds the signs and near enough the sizes of the true effects."""
        drawn = company(8000, 24, 3)
        seen = drawn.customers.signed < drawn.settings.end - 365
        made_up_their_mind = drawn.lives.notice <= drawn.customers.signed + 365
        columns = np.column_stack([
            drawn.delivery.weeks_late, np.minimum(drawn.broken, 4), np.minimum(drawn.trouble.severe, 5),
            drawn.customers.rushed, drawn.customers.segment == 1, drawn.customers.segment == 2, np.ones(len(seen)),
        ])[seen]  # fmt: skip
        found, error = logistic(columns.astype(float), made_up_their_mind[seen])
        for place, true in enumerate((0.09, 0.50, 0.25, 0.25)):
            assert found[place] > 2 * error[place]
            assert abs(found[place] - true) < 4 * error[place] + 0.15 * true

    def test_the_hazard_ranks_who_leaves(self):
        drawn = company(2000, 24, 5)
        old = drawn.customers.signed < drawn.settings.end - 365
        left = drawn.lives.notice <= drawn.customers.signed + 365
        auc = stats.mannwhitneyu(drawn.hazard.log[old & left], drawn.hazard.log[old & ~left])
        assert auc.statistic / ((old & left).sum() * (old & ~left).sum()) > 0.65
        assert auc.pvalue < 1e-6

    def test_a_seller_who_promises_more_keeps_less(self):
        drawn = company(4000, 24, 5)
        sellers = np.flatnonzero(np.bincount(drawn.customers.seller, minlength=len(drawn.people)) >= 15)
        kept = [(drawn.promises.status == KEPT)[drawn.promises.person == seller].mean() for seller in sellers]
        correlation = stats.spearmanr(drawn.people.overpromising[sellers], kept)
        assert correlation.statistic < -0.35
        assert correlation.pvalue < 0.001

    def test_a_slow_rep_solves_late(self):
        drawn = company(4000, 24, 5)
        solved = drawn.tickets.solved < NEVER * A_DAY
        reps = np.flatnonzero(np.bincount(drawn.tickets.assignee[solved], minlength=len(drawn.people)) >= 100)
        met = [drawn.tickets.met_service_level[solved & (drawn.tickets.assignee == rep)].mean() for rep in reps]
        assert stats.spearmanr(drawn.people.slowness[reps], met).statistic < -0.7

    def test_who_is_in_a_bad_mood_answers_less(self):
        drawn = company(2000, 24, 5)
        answered = drawn.surveys.answered < NEVER * A_DAY
        mood = drawn.lives.mood[drawn.surveys.customer]
        assert answered[mood < 0].mean() + 0.05 < answered[mood > 0.8].mean()

    def test_a_sham_save_leaves_within_months_and_a_real_one_stays(self):
        drawn = company(4000, 24, 5)
        sham = drawn.lives.sham & (drawn.lives.attempt < drawn.settings.end - 150)
        assert sham.sum() > 10
        assert (drawn.lives.left[sham] - drawn.lives.attempt[sham]).max() <= 150
        assert (drawn.lives.left[drawn.lives.saved] >= NEVER).all()


class TestAddsUp:
    @pytest.mark.parametrize("customers", [500, 30])
    def test_own_shares_of_a_deal_add_to_all_of_it(self, customers):
        drawn = company(customers)
        own = ~drawn.shares.overlay
        total = np.bincount(drawn.shares.deal[own], drawn.shares.percent[own], minlength=customers)
        assert (total == 100).all()

    def test_a_share_has_one_row_per_deal_person_and_role(self):
        drawn = company()
        rows = np.stack([drawn.shares.deal, drawn.shares.person, drawn.shares.role])
        assert np.unique(rows, axis=1).shape[1] == rows.shape[1]

    def test_terms_follow_one_another_and_name_the_one_they_renew(self):
        contracts = company().contracts
        later = np.flatnonzero(contracts.renews != NOBODY)
        assert len(later) > 100
        assert (contracts.starts[later] == contracts.ends[contracts.renews[later]]).all()
        assert (contracts.customer[later] == contracts.customer[contracts.renews[later]]).all()
        assert (contracts.deal != NOBODY).all()

    def test_deals_of_contracts_are_won_and_of_the_same_customer_and_value(self):
        drawn = company()
        deal = drawn.contracts.deal
        assert (drawn.deals.outcome[deal] == contracting.WON).all()
        assert (drawn.deals.account[deal] == drawn.contracts.customer).all()
        assert (drawn.deals.annual_value[deal] == drawn.contracts.annual_value).all()

    def test_who_left_has_no_running_contract(self):
        drawn = company()
        gone = drawn.lives.left <= drawn.settings.end
        rows = gone[drawn.contracts.customer]
        over = np.minimum(drawn.contracts.ended, drawn.contracts.ends)[rows]
        assert (
            over <= np.maximum(drawn.lives.left[drawn.contracts.customer[rows]], drawn.contracts.starts[rows])
        ).all()
        assert gone.sum() > 30

    def test_nobody_sits_on_two_intervals_of_a_seat_and_nobody_works_after_leaving(self):
        drawn = company()
        held = drawn.holdings
        same = held.seat[1:] == held.seat[:-1]
        assert (held.from_on[1:][same] >= held.to_on[:-1][same]).all()
        jobs = drawn.positions
        assert (jobs.to_on <= np.maximum(drawn.people.left[jobs.person], jobs.from_on + 1)).all()
        order = np.lexsort((jobs.from_on, jobs.person))
        again = jobs.person[order][1:] == jobs.person[order][:-1]
        assert (jobs.from_on[order][1:][again] >= jobs.to_on[order][:-1][again]).all()

    def test_people_change_within_the_story(self):
        drawn = company()
        jobs = drawn.positions
        assert (jobs.fte == 0).any()
        assert (drawn.people.left < drawn.settings.end).any()
        seats = {person: set(jobs.seat[jobs.person == person]) for person in np.unique(jobs.person)}
        assert any(len(held) > 1 for held in seats.values())

    def test_customers_stand_without_anybody_now_and_then(self):
        drawn = company()
        coverage = drawn.coverage
        rows = coverage.role == 2
        order = np.lexsort((coverage.from_on[rows], coverage.customer[rows]))
        customer, start, stop = (
            column[rows][order] for column in (coverage.customer, coverage.from_on, coverage.to_on)
        )
        same = customer[1:] == customer[:-1]
        assert (start[1:][same] > stop[:-1][same]).any()

    def test_deals_crowd_at_the_quarters_end_with_deeper_discounts(self):
        customers = company().customers
        late = in_last_two_weeks(customers.signed)
        assert 0.25 < late.mean() < 0.55
        assert customers.discount[customers.rushed].mean() > customers.discount[~customers.rushed].mean() + 5


class TestSizes:
    @pytest.mark.parametrize("customers", [1, 2, 3, 5, 8, 13, 50])
    def test_small_companies_are_whole(self, customers):
        drawn = company(customers)
        assert len(drawn.customers) == customers
        assert isinstance(drawn.story, Story)
        assert (drawn.deals.owner != NOBODY).all()

    @pytest.mark.parametrize("months", [1, 2, 3, 11, 60])
    def test_short_and_long_stories_are_whole(self, months):
        drawn = company(40, months)
        assert drawn.settings.end - drawn.settings.start < 31 * months
        assert drawn.touches.at.min() >= drawn.settings.start * A_DAY

    @pytest.mark.parametrize(("customers", "months", "code"), [(0, 24, "demo-customers"), (5, 0, "demo-months")])
    def test_no_company_is_refused(self, customers, months, code):
        with pytest.raises(UsageError) as error:
            Settings(customers, months, 7, TODAY)
        assert error.value.code == code


def logistic(columns: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their standard errors, by maximum likelihood."""
    sign = np.where(happened, 1.0, -1.0)
    fit = optimize.minimize(
        lambda beta: np.logaddexp(0, -sign * (columns @ beta)).sum(), np.zeros(columns.shape[1]),
        jac=lambda beta: -(columns.T @ (sign / (1 + np.exp(sign * (columns @ beta))))),
    )  # fmt: skip
    p = 1 / (1 + np.exp(-columns @ fit.x))
    return fit.x, np.sqrt(np.diag(np.linalg.inv((columns * (p * (1 - p))[:, None]).T @ columns)))
