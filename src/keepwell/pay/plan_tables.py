"""Which rows does a plan become? The tables that the pay pipeline reads, one declaration each.

Every row belongs to a `scenario`: `actual` is what is paid, any other name is a what-if that shares everything before
plans. A plan and its `version` (the day from which it is in force) are part of every key.
"""

from __future__ import annotations

from keepwell.core.tables import Column, ColumnType, Table

ACTUAL = "actual"
# what a row of an evaluation is of: a person, a part, and the moment at which a window of it is looked at
EVALUATION = (
    Column("scenario", "text", "actual, or a what-if", key=True),
    Column("plan", "text", "the plan", key=True),
    Column("version", "text", "its version", key=True),
    Column("part", "text", "the part", key=True),
    Column("person_id", "text", "who is paid", key=True),
    Column("window_month", "integer", "the window's first month", key=True),
    Column("period", "integer", "the period at whose end it is evaluated", key=True),
)


def _table(name: str, says: str, *specs: str) -> Table:
    """Columns written `*name type : words`; `*` marks the key. Every table begins with scenario, plan and version."""
    return Table(name, tuple(_column(spec) for spec in ("*scenario text", "*plan text", "*version text", *specs)), says)


def _column(spec: str) -> Column:
    head, _, says = spec.partition(" : ")
    name, kind = head.split()
    types: dict[str, ColumnType] = {
        "text": "text", "integer": "integer", "boolean": "boolean", "date": "date", "money": "money", "share": "share",
        "number": "number", "exact": "exact",
    }  # fmt: skip
    return Column(name.lstrip("*"), types[kind], says, key=name.startswith("*"))


PLAN_VERSIONS = _table(
    "plan_versions", "a plan as in force from a day",
    "title text", "currency text", "period_months integer : 1, 3 or 12", "from_on date", "to_on date : 9999-12-31 = open",
    "target_pay money : per full period; null: from positions, per year",
    "rounding_to money", "half_up boolean : ties away from zero, else to even",
    "weight_total integer : the weights' sum in weight_units",
    "recover_at_most share : of each payout, what may be recovered",
    "acceptance boolean : it counts for a person from their acceptance on",
)  # fmt: skip
PLAN_CLAIMS = _table(
    "plan_claims",
    "whom a plan claims: '' fits everybody",
    "*claim integer",
    "role text",
    "segment text",
    "region text",
    "team text",
    "department text",
    "person text",
)
PLAN_PARTS = _table(
    "plan_parts", "a part of a plan",
    "*part text", "place integer : its order in the plan", "also_role text : '' unless also_pays gives it to this role",
    "weight_units integer : 0 without a weight", "on_top boolean", "rewards text", "says text", "measure text",
    "unit text : own, team, roll_up or company", "scored boolean : a score, not an amount",
    "base text : quota, measure or nothing", "base_measure text", "to_date boolean : base and target up to the period",
    "span text : each, period, quarter, year or plan", "key_is text : attainment or amount",
    "multiplies text : target, target_per_base, amount, base or money", "shape text",
    "at_least_n integer", "looking_back integer : months, 0 = the part's own window", "credible boolean",
    "otherwise text : fallbacks in their order", "hold_share share : 0 = nothing is held", "hold_until text",
    "hold_until_on date : where it is a day", "holds_lost boolean : when the person leaves", "advances_earned boolean : when the person leaves",
    "hold_certain boolean : all of it is released in the end", "takes_back boolean",
    "take_back_ends integer : the last day on which something is taken back", "take_back_not_for text",
    "at_most number", "at_most_percent boolean", "at_least number", "at_least_percent boolean",
    "for_part text : '' unless it only measures something that this part looks at, and pays nothing",
    "adjusted boolean : more than its shape and a limit of its window decide what it pays, or its numbers are very fine",
)  # fmt: skip
PLAN_PIECES = _table(
    "plan_pieces",
    "a straight piece of a part's shape: from low up to high it gives (a + b × k) / c and a fee",
    "*part text",
    "*piece integer",
    "low number : null = below everything",
    "low_open boolean : k must be above low",
    "high number : null = no end",
    "high_open boolean : k must be below high",
    "a integer",
    "b integer",
    "c integer",
    "fee money",
    "rate share : b / c where that is exact, for facts paid one by one",
)
PLAN_POINTS = _table(
    "plan_points", "a point of a part's shape as the plan writes it: for explanations",
    "*part text", "*place integer", "boundary number", "percent_boundary boolean", "value number", "percent_value boolean",
    "below number", "fee money",
)  # fmt: skip
PLAN_CREDIT = _table(
    "plan_credit", "who is credited for the facts of a measure in a part",
    "*part text", "*use text : counted, base, or also", "*measure text", "*credit_row text",
    "*who text : deal_shares, owner, a role of coverage, or book:ROLE who holds the customer", "fits text : any, saved or other",
    "low share : where in the row this share begins", "high share : and where it ends",
    "finds text : own facts of all days; otherwise dated (own facts of some days), team, roll_up or company",
    "from_on date : the first day whose facts count", "to_on date : the first day after",
)  # fmt: skip
PLAN_SAVES = _table(
    "plan_saves",
    "what counts as a save in a plan",
    "rescue_within integer : days from notice",
    "still_after integer : days from the rescue",
    "content text : '' or the kind of survey that must say satisfied",
    "satisfied_from share : of the survey's scale; null: the company's",
)
PLAN_SCHEDULES = _table(
    "plan_schedules",
    "what share is released or taken back by the days since signing",
    "*part text",
    "*kind text : hold or take_back",
    "*from_day integer",
    "to_day integer : the last day; null = no end",
    "share share",
)
PLAN_GATES = _table(
    "plan_gates", "what must hold for a part to pay in full",
    "*part text", "*place integer", "reading text : the part that measures it", "test text : at_least, more_than, at_most, less_than",
    "bound number", "otherwise share : paid where it does not hold", "unknown_pays boolean : it holds where nothing is known",
)  # fmt: skip
PLAN_MULTIPLIERS = _table(
    "plan_multipliers", "by what a part's pay is multiplied: the shape of the reading says it",
    "*part text", "*place integer", "reading text : the part that measures it, whose pieces are the curve",
)  # fmt: skip
PLAN_KICKERS = _table(
    "plan_kickers", "what a fact must be to count more in a part's pay: one value of each word",
    "*part text", "*place integer", "*word text : product, segment, customer, kind or first_deal", "*value text",
    "words integer : how many words must fit", "factor number : what it is multiplied by",
)  # fmt: skip
PLAN_BLENDS = _table(
    "plan_blends", "a measure of which a part's attainment is an average",
    "*part text", "*place integer", "reading text : the part that measures it", "weight share",
    "each_at_least share : an attainment below it counts nothing",
)  # fmt: skip
PLAN_CELLS = _table(
    "plan_cells", "what a matrix pays from two levels on",
    "*part text", "*outer_key number : of the part's measure", "*inner_key number : of the other measure",
    "reading text : the part that measures that", "value number : a share of the target, or money",
)  # fmt: skip
PLAN_RANKS = _table(
    "plan_ranks", "what a place in a part's ranking pays",
    "*part text", "*place integer", "value number : a share of the target, or money", "among text : plan, team or company",
)  # fmt: skip
PLAN_POOLS = _table(
    "plan_pools", "a part that pays one amount for a unit, shared among its members",
    "*part text", "shared text : equal, coverage, target_pay or shapley", "reading text : the part of the members' own facts; '' none",
)  # fmt: skip
PLAN_LIMITS = _table(
    "plan_limits", "the most and least that an adjusted part pays",
    "*part text", "*per text : window, period or year", "*kind text : at_most or at_least", "amount number",
    "percent boolean : of the part's target", "carried boolean : what is cut is paid later, as far as the limit allows",
)  # fmt: skip
PLAN_FLOORS = _table(
    "plan_floors", "what a period's pay is lifted to",
    "*kind text : draw, free_draw (never recovered), guarantee, ramp (a guarantee by months in the role) or transition",
    "amount money : per period; null: a share of the target, or what another plan pays", "share number : of the target pay",
    "periods integer : of the person; 0 = without end", "recovers_from integer : the person's period from which a draw is recovered",
    "recovers_share share : of what is above the draw", "forgiven boolean : what is not recovered when the person leaves",
    "old_scenario text : where the other plan is computed", "old_plan text : the other plan",
    "until_month integer : the first month in which it no longer holds",
)  # fmt: skip
PLAN_RAMPS = _table(
    "plan_ramps", "what share holds in the first months in a role",
    "*kind text : of the quota or of the guarantee", "*from_month integer : months in the role before it",
    "to_month integer : months at its end; null = no end", "share share",
)  # fmt: skip
PLAN_WINDOWS = _table(
    "plan_windows", "a moment at which a window is evaluated: the end of a period in it",
    "*span text", "*to_date boolean", "*window_month integer : its first month", "*period integer : the period's first month",
    "from_on date : the window's first day", "to_on date : the first day after the period",
    "first_month integer", "last_month integer : of the period", "settles integer : first month of the settlement period",
)  # fmt: skip
PLAN_WINDOW_PERIODS = _table(
    "plan_window_periods", "a period that a window's evaluation looks at",
    "*span text", "*to_date boolean", "*window_month integer", "*period integer", "*within integer : the period looked at",
    "from_on date", "to_on date", "days integer",
    "counts boolean : its facts count (it is not after the period)", "aims boolean : its target and quota count",
)  # fmt: skip

PLAN_RATES = _table(
    "plan_rates", "what a currency is worth in the plan's, whatever the day", "*currency text", "rate share"
)  # fmt: skip

PLAN_BOOKS = _table(
    "plan_books", "a period of a plan that goes by books of customers: on which day a customer must be held",
    "*period integer : its first month", "from_on date : its first day under the plan", "to_on date : the first day after",
    "held_on date", "since_on date : held on this day too, and all the time between",
    "grace_from date : who took over on this day or later is spared losses; null: there is no grace",
    "unmanaged_days integer : days without anybody before that",
)  # fmt: skip
PLAN_BOOK_EXCEPTIONS = _table(
    "plan_book_exceptions", "an approved exception from a plan's books", "*exception integer",
    "*who text : book:ROLE for which it holds", "customer text",
    "person text : '' none", "does text : person, nobody or spares", "from_on date", "to_on date", "because text",
    "approved_by text",
)  # fmt: skip

PLAN_TABLES: tuple[Table, ...] = (
    PLAN_VERSIONS, PLAN_CLAIMS, PLAN_PARTS, PLAN_PIECES, PLAN_POINTS, PLAN_CREDIT, PLAN_SAVES, PLAN_SCHEDULES,
    PLAN_GATES, PLAN_MULTIPLIERS, PLAN_KICKERS, PLAN_BLENDS, PLAN_CELLS, PLAN_RANKS, PLAN_POOLS, PLAN_LIMITS, PLAN_FLOORS, PLAN_RAMPS,
    PLAN_WINDOWS, PLAN_WINDOW_PERIODS, PLAN_RATES, PLAN_BOOKS, PLAN_BOOK_EXCEPTIONS,
)  # fmt: skip
