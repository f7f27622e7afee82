"""How does the whole company come to be, area by area, each drawn from what came before it?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from keepwell.demo import (
    billing,
    contracting,
    covering,
    delivering,
    promising,
    selling,
    staying,
    supporting,
    surveying,
    touching,
)
from keepwell.demo import people as staff
from keepwell.demo import positions as jobs
from keepwell.demo.columns import Column
from keepwell.demo.names import company_names, person_names
from keepwell.demo.people import Holdings, People, Seats
from keepwell.demo.settings import NEVER, NOBODY, Ints, Settings
from keepwell.demo.story import Story, choose_customer, choose_story, set_ways_of_working


@dataclass(frozen=True)
class Staff:
    """Who works here: the chart, the persons, who held which seat (stand-ins too), and the two sellers of the story."""

    settings: Settings
    story: Story
    seats: Seats
    people: People
    person_names: Column
    held: Holdings
    holdings: Holdings
    positions: jobs.Positions

    @property
    def seller_of_story(self) -> tuple[int, int]:
        """The careful and the careless seller's person numbers."""
        day = np.full(2, self.settings.end)
        careful, careless = self.holdings.holder(self.story.seats, day)
        return int(careful), int(careless)


@dataclass(frozen=True)
class Beginnings(Staff):
    """What was sold to whom, and each customer's first 90 days. `featured`: whose way shows everything, or `NOBODY`."""

    customers: selling.Customers
    featured: int
    delivery: delivering.Delivery
    promises: promising.Promises
    broken: Ints
    trouble: staying.Trouble
    success_from: Ints
    service_seat: Ints


@dataclass(frozen=True)
class Company(Beginnings):
    """Everything that is true of the company; what its systems know of it is written from here.

    Accounts are customers, then prospects.
    """

    prospects: selling.Prospects
    account_names: Column
    shares: selling.Shares
    hazard: staying.Hazard
    lives: staying.Lives
    coverage: covering.Coverage
    lines: contracting.Lines
    contracts: contracting.Contracts
    deals: contracting.Deals
    tickets: supporting.Tickets
    steps: supporting.Steps
    surveys: surveying.Surveys
    touches: touching.Touches
    invoices: billing.Invoices
    costs: billing.Costs
    quotas: billing.Quotas


def draw_company(settings: Settings) -> Company:
    """People first, then what they sold, promised and delivered; from that who stays; then all the rest."""
    begun = _draw_beginnings(_draw_staff(settings))
    seats, people, holdings, customers = begun.seats, begun.people, begun.holdings, begun.customers
    first_success = holdings.holder(customers.success_seat, begun.success_from)
    hazard = staying.true_hazard(
        settings, customers, people, begun.delivery, begun.broken, begun.trouble, first_success
    )
    lives = _draw_lives(begun, hazard)
    delivery = replace(begun.delivery, reached=delivering.cut_at_leaving(begun.delivery.reached, lives.left, NEVER - 1))
    promises = _promises_end_with_the_customer(begun.promises, lives)
    prospects = selling.draw_prospects(settings)
    chances = selling.draw_chances(settings, customers, prospects, holdings, seats)
    lines = contracting.draw_lines(settings, customers, lives, delivery.live, holdings, seats)
    contracts = contracting.draw_contracts(settings, lines, lives)
    deals, deal_of = contracting.gather_deals(settings, customers, chances, lines, contracts, holdings, seats)
    contracts = replace(contracts, deal=deal_of)
    tickets, steps = supporting.draw_tickets(settings, customers, people, lives, begun.trouble, holdings, seats,
                                             begun.service_seat, begun.featured)  # fmt: skip
    industry = np.concatenate([customers.industry, prospects.industry])
    return Company(
        **{**vars(begun), "delivery": delivery, "promises": promises},
        prospects=prospects,
        account_names=company_names(industry, settings.dice("account names")),
        shares=selling.draw_shares(settings, customers, holdings, seats, begun.story.seats),
        hazard=hazard,
        lives=lives,
        coverage=covering.draw_coverage(settings, customers, delivery, lives, chances, holdings, begun.success_from,
                                        begun.service_seat),
        lines=lines,
        contracts=contracts,
        deals=deals,
        tickets=tickets,
        steps=steps,
        surveys=surveying.draw_surveys(settings, customers, people, lives, delivery.live, tickets, holdings, seats),
        touches=touching.draw_touches(settings, customers, deals, delivery, lives, holdings, seats),
        invoices=billing.draw_invoices(settings, customers, contracts, lives),
        costs=billing.draw_costs(settings, customers, delivery, seats),
        quotas=billing.draw_quotas(settings, begun.held, seats),
    )  # fmt: skip


def _draw_staff(settings: Settings) -> Staff:
    seats = staff.draw_seats(settings)
    story = choose_story(seats)
    people, held = staff.draw_people(settings, seats, story.seats)
    positions = jobs.draw_positions(held, seats, story.seats, settings)
    return Staff(
        settings=settings,
        story=story,
        seats=seats,
        people=set_ways_of_working(people, held, story, settings),
        person_names=person_names(len(people), settings.dice("names")),
        held=held,
        holdings=staff.with_stand_ins(held, seats, jobs.leaves_of(positions)),
        positions=positions,
    )


def _draw_beginnings(known: Staff) -> Beginnings:
    settings, people, holdings, seats = known.settings, known.people, known.holdings, known.seats
    customers = selling.draw_customers(settings, people, holdings, seats, known.story.seats)
    featured = choose_customer(customers, known.story, settings)
    delivery = delivering.draw_delivery(settings, customers, people, holdings, seats, featured)
    promises = promising.draw_promises(settings, customers, people, delivery.live, delivery.planned, featured)
    return Beginnings(
        **vars(known),
        customers=customers,
        featured=featured,
        delivery=delivery,
        promises=promises,
        broken=promising.broken_in_first_90_days(promises, customers),
        trouble=staying.draw_trouble(settings, customers, delivery, featured),
        success_from=covering.success_starts(settings, customers, delivery),
        service_seat=covering.service_seats(settings, customers, seats),
    )


def _draw_lives(begun: Beginnings, hazard: staying.Hazard) -> staying.Lives:
    """Who tries to save a customer is who holds the two seats now, or, were they hired since, the rep's manager then."""
    settings, customers, holdings, seats = begun.settings, begun.customers, begun.holdings, begun.seats
    now = np.full(len(customers), settings.end)
    savers = holdings.holder(customers.success_seat, now), holdings.holder_or_boss(begun.service_seat, now, seats.boss)
    lives = staying.draw_lives(settings, customers, begun.people, hazard, begun.delivery, begun.broken, begun.trouble,
                               savers, begun.featured)  # fmt: skip
    day = np.minimum(lives.attempt, settings.end)
    hired = np.where(lives.saver == NOBODY, NEVER, begun.people.hired[lives.saver])
    too_new = (lives.attempt < NEVER) & (hired > day)
    return replace(lives, saver=np.where(too_new, holdings.holder(seats.boss[begun.service_seat], day), lives.saver))


def _promises_end_with_the_customer(promises: promising.Promises, lives: staying.Lives) -> promising.Promises:
    """No promise is kept after the customer left; those still open then are broken."""
    left = lives.left[promises.customer]
    too_late = promises.kept_at // 86_400 >= left
    status = np.where(too_late & (promises.status != promising.RELEASED), promising.BROKEN, promises.status)
    beyond = NEVER * 86_400
    return replace(promises, status=status, kept_at=np.where(too_late, beyond, promises.kept_at),
                   confirmed_at=np.where(promises.confirmed_at // 86_400 >= left, beyond, promises.confirmed_at))  # fmt: skip
