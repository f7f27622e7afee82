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
class Company:
    """Everything that is true of the company; what its systems know of it is written from here.

    `accounts` are customers, then prospects; `featured` is the customer whose way shows everything, or `NOBODY`.
    """

    settings: Settings
    story: Story
    featured: int
    seats: Seats
    people: People
    person_names: Column
    holdings: Holdings
    positions: jobs.Positions
    customers: selling.Customers
    prospects: selling.Prospects
    account_names: Column
    shares: selling.Shares
    delivery: delivering.Delivery
    promises: promising.Promises
    broken: Ints
    trouble: staying.Trouble
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

    @property
    def seller_of_story(self) -> tuple[int, int]:
        """The careful and the careless seller's person numbers."""
        day = np.full(2, self.settings.end)
        careful, careless = self.holdings.holder(self.story.seats, day)
        return int(careful), int(careless)


def draw_company(settings: Settings) -> Company:
    """People first, then what they sold, promised and delivered; from that who stays; then all the rest."""
    seats = staff.draw_seats(settings)
    story = choose_story(seats)
    people, held = staff.draw_people(settings, seats, story.seats)
    people = set_ways_of_working(people, held, story, settings)
    positions = jobs.draw_positions(held, seats, story.seats, settings)
    holdings = staff.with_stand_ins(held, seats, jobs.leaves_of(positions))
    customers = selling.draw_customers(settings, people, holdings, seats, story.seats)
    featured = choose_customer(customers, story, settings)
    delivery = delivering.draw_delivery(settings, customers, people, holdings, seats, featured)
    promises = promising.draw_promises(settings, customers, people, delivery.live, delivery.planned, featured)
    broken = promising.broken_in_first_90_days(promises, customers)
    trouble = staying.draw_trouble(settings, customers, delivery, featured)
    success_from = covering.success_starts(settings, customers, delivery)
    first_success = holdings.holder(customers.success_seat, success_from)
    hazard = staying.true_hazard(settings, customers, people, delivery, broken, trouble, first_success)
    service_seat = covering.service_seats(settings, customers, seats)
    lives = _lives(settings, customers, people, hazard, delivery, broken, trouble, holdings, seats, service_seat, featured)
    promises = _promises_end_with_the_customer(promises, lives)
    delivery = replace(delivery, reached=delivering.cut_at_leaving(delivery.reached, lives.left, NEVER - 1))
    prospects = selling.draw_prospects(settings)
    chances = selling.draw_chances(settings, customers, prospects, holdings, seats)
    lines = contracting.draw_lines(settings, customers, lives, delivery.live, holdings, seats)
    contracts = contracting.draw_contracts(settings, lines, lives)
    deals, deal_of = contracting.gather_deals(settings, customers, chances, lines, contracts, holdings, seats)
    contracts = replace(contracts, deal=deal_of)
    tickets, steps = supporting.draw_tickets(settings, customers, people, lives, trouble, holdings, seats, service_seat,
                                             featured)  # fmt: skip
    dice = settings.dice("names")
    return Company(
        settings=settings,
        story=story,
        featured=featured,
        seats=seats,
        people=people,
        person_names=person_names(len(people), dice),
        holdings=holdings,
        positions=positions,
        customers=customers,
        prospects=prospects,
        account_names=company_names(np.concatenate([customers.industry, prospects.industry]), dice),
        shares=selling.draw_shares(settings, customers, holdings, seats, story.seats),
        delivery=delivery,
        promises=promises,
        broken=broken,
        trouble=trouble,
        hazard=hazard,
        lives=lives,
        coverage=covering.draw_coverage(settings, customers, delivery, lives, chances, holdings, success_from,
                                        service_seat),
        lines=lines,
        contracts=contracts,
        deals=deals,
        tickets=tickets,
        steps=steps,
        surveys=surveying.draw_surveys(settings, customers, people, lives, delivery.live, tickets, holdings, seats),
        touches=touching.draw_touches(settings, customers, deals, delivery, lives, holdings, seats),
        invoices=billing.draw_invoices(settings, customers, contracts, lives),
        costs=billing.draw_costs(settings, customers, delivery, seats),
        quotas=billing.draw_quotas(settings, held, seats),
    )


def _lives(settings: Settings, customers: selling.Customers, people: People, hazard: staying.Hazard,
           delivery: delivering.Delivery, broken: Ints, trouble: staying.Trouble, holdings: Holdings, seats: Seats,
           service_seat: Ints, featured: int) -> staying.Lives:  # fmt: skip
    """Who could try to save a customer is whoever holds the two seats at the end of the story, or left last."""
    last = np.full(len(customers), settings.end)
    savers = holdings.holder(customers.success_seat, last), holdings.holder_or_boss(service_seat, last, seats.boss)
    lives = staying.draw_lives(settings, customers, people, hazard, delivery, broken, trouble, savers, featured)
    day = np.minimum(lives.attempt, settings.end)
    hired = np.where(lives.saver == NOBODY, NEVER, people.hired[lives.saver])
    too_new = (lives.attempt < NEVER) & (hired > day)
    boss = holdings.holder(seats.boss[service_seat], day)
    return replace(lives, saver=np.where(too_new, boss, lives.saver))


def _promises_end_with_the_customer(promises: promising.Promises, lives: staying.Lives) -> promising.Promises:
    """No promise is kept after the customer left; those still open then are broken."""
    left = lives.left[promises.customer]
    too_late = promises.kept_at // 86_400 >= left
    status = np.where(too_late & (promises.status != promising.RELEASED), promising.BROKEN, promises.status)
    beyond = NEVER * 86_400
    return replace(promises, status=status, kept_at=np.where(too_late, beyond, promises.kept_at),
                   confirmed_at=np.where(promises.confirmed_at // 86_400 >= left, beyond, promises.confirmed_at))  # fmt: skip
