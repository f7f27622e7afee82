"""Which tables make the record, and what does each column mean?

The one place where the canonical tables are declared: storage, checks, mapping, docs and the empty tables on which
models are bound are all made from here. A company may have any of them; only `customers` and `people` are needed.
"""

from __future__ import annotations

from keepwell.core.departments import DEPARTMENTS
from keepwell.core.tables import Column, ColumnType, Table

STAGES = (
    "aware", "evaluate", "buy", "deliver", "install", "adopt", "use", "support", "renew", "advocate", "leave",
)  # fmt: skip

STAMPS = (
    Column("source", "text", "which source wrote the row", required=True),
    Column("known_at", "timestamp", "when we learned it (UTC): the collect's moment", required=True),
    Column("collect_id", "text", "the collect that wrote the row", required=True),
    Column("source_file", "text", "the file or query it came from"),
    Column("source_row", "integer", "its row there, the first data row being 1"),
    Column("gone", "boolean", "true: the source no longer has this key", required=True),
)


def _column(spec: str) -> Column:
    """Read `*name type -> table = a, b : words`: `*` key, `->` reference, `=` the only words allowed.

    Behind the type, `!` means required, `~` personal, and `?` a part of the key that may be empty (kept as '').
    """
    head, _, says = spec.partition(" : ")
    head, _, allowed = head.partition(" = ")
    head, _, references = head.partition(" -> ")
    name, kind = head.split()
    return Column(
        name=name.lstrip("*"),
        type=_type_of(kind.rstrip("!~?")),
        says=says.strip(),
        key=name.startswith("*"),
        references=references.strip() or None,
        personal="~" in kind,
        allowed=tuple(word.strip() for word in allowed.split(",")) if allowed else (),
        required=(name.startswith("*") and "?" not in kind) or "!" in kind,
    )


def _type_of(word: str) -> ColumnType:
    types: dict[str, ColumnType] = {
        "text": "text", "integer": "integer", "boolean": "boolean", "date": "date", "timestamp": "timestamp",
        "money": "money", "share": "share", "number": "number",
    }  # fmt: skip
    return types[word]


def _table(name: str, says: str, gives: str, *specs: str) -> Table:
    return Table(name, tuple(_column(spec) for spec in specs), says, gives)


_WHO = (
    _table(
        "customers", "a customer: a company or person that buys", "the journey of each customer",
        "*customer_id text", "name text~", "segment text", "industry text", "region text",
        "parent_id text -> customers", "customer_since_on date",
    ),
    _table(
        "people", "a person who works for the company, or a system user", "measures, credit and pay of persons",
        "*person_id text", "name text~", "email text~", "hired_on date", "left_on date",
        "is_system boolean : true for bots and queues: never ranked or paid",
    ),
    _table(
        "teams", "a team and its department", "measures by team and department",
        "*team_id text", "name text", "department text = " + ", ".join(DEPARTMENTS), "parent_id text -> teams",
    ),
    _table(
        "positions", "what a person was, from a day on", "plans that apply by role, proration by day, managers",
        "*person_id text -> people", "*from_on date", "to_on date : the first day after; empty = still",
        "role text!", "team_id text -> teams", "manager_id text -> people", "segment text", "region text",
        "fte share : 1 = full time; 0 = on leave", "target_pay money : variable pay at target, per year",
        "currency text",
    ),
    _table(
        "coverage", "who stands behind a customer, in which role, when", "who owned the customer then; credit by role",
        "*customer_id text -> customers", "*person_id text -> people", "*role text", "*from_on date", "to_on date",
        "share share : 1 unless several share the role",
    ),
    _table(
        "quotas", "what a person or a team is asked to reach", "attainment",
        "*person_id text? -> people : empty where a team's", "*team_id text? -> teams : empty where a person's",
        "*measure text", "*from_on date", "to_on date!", "target money!", "currency text",
    ),
)  # fmt: skip

_HAPPENED = (
    _table(
        "touches", "a contact with a customer", "the journey before the sale, save attempts, self-service, training",
        "*touch_id text", "customer_id text -> customers", "person_id text -> people", "at timestamp!", "channel text",
        "kind text! = lead, meeting, demo, call, email, training, help_article, community, save_attempt, "
        "reference_call, referral", "minutes number", "text text~",
    ),
    _table(
        "deals", "an opportunity, won, lost or open", "sales, quota attainment, commission",
        "*deal_id text", "customer_id text -> customers", "owner_id text -> people",
        "kind text = new, expansion, renewal, order", "opened_on date", "closed_on date",
        "outcome text! = won, lost, open", "amount money", "annual_value money", "currency text", "channel text",
        "product text", "discount share : part of the list price given away",
    ),
    _table(
        "deal_shares", "a person's share of a deal", "credit split between several sellers",
        "*deal_id text -> deals", "*person_id text -> people", "*role text", "share share!",
        "overlay boolean : true: beside the own shares, which add to 100%",
    ),
    _table(
        "contracts", "a term of a contract", "retention, renewals, take-backs, lifetime value",
        "*contract_id text", "customer_id text! -> customers", "deal_id text -> deals", "starts_on date!",
        "ends_on date : the first day after the term", "annual_value money", "currency text",
        "renews_id text -> contracts", "notice_on date", "ended_on date : left on this day, before or at the term",
        "end_reason text",
    ),
    _table(
        "orders", "an order (trade without a contract)", "repeat purchase, delivery in time, commission on orders",
        "*order_id text", "customer_id text -> customers", "person_id text -> people", "ordered_at timestamp!",
        "amount money", "currency text", "promised_on date", "shipped_at timestamp", "delivered_at timestamp",
    ),
    _table(
        "invoices", "an invoice", "pay on payment",
        "*invoice_id text", "customer_id text -> customers", "contract_id text -> contracts",
        "order_id text -> orders", "issued_on date!", "due_on date", "paid_on date", "amount money", "currency text",
    ),
    _table(
        "promises", "what somebody promised a customer", "promises kept, the expectation gap",
        "*promise_id text", "customer_id text -> customers : empty = a public claim", "deal_id text -> deals",
        "person_id text -> people : who made it", "made_on date!", "text text~",
        "kind text = date, feature, service_level, price, outcome", "due_on date", "kept_at timestamp",
        "status text = open, kept, late, broken, released_by_customer", "weight number",
        "confirmed_by_customer_at timestamp", "reported_by_customer boolean",
    ),
    _table(
        "needs", "what a customer said they need", "whether the customer's need is reviewed and met",
        "*need_id text", "customer_id text -> customers", "stated_on date", "text text~", "priority text",
        "reviewed_on date", "met_on date",
    ),
    _table(
        "milestones", "a step of the customer's way to value", "time to value, holds until go-live",
        "*customer_id text -> customers", "*contract_id text? -> contracts : empty where there is none",
        "*kind text = delivered, installed, went_live, first_value, trained, adopted, handed_over",
        "due_on date", "reached_at timestamp", "person_id text -> people",
    ),
    _table(
        "tickets", "a case of a customer", "time to solve, service level, first contact resolution",
        "*ticket_id text", "customer_id text -> customers", "assignee_id text -> people", "team_id text -> teams",
        "opened_at timestamp!", "first_reply_at timestamp", "solved_at timestamp", "closed_at timestamp",
        "due_at timestamp", "priority text", "topic text", "channel text", "reopens integer",
        "reassignments integer : as the source counts them, where it does",
        "met_service_level boolean", "text text~",
    ),
    _table(
        "ticket_steps", "a change of a case: who had it, in which state", "hand-offs and ping-pong",
        "*ticket_id text -> tickets", "*at timestamp", "*seq integer : order within the moment",
        "person_id text -> people", "team_id text -> teams", "status text",
    ),
    _table(
        "surveys", "an invitation to answer, answered or not", "NPS, satisfaction, effort, response rate",
        "*invitation_id text", "customer_id text -> customers", "contact_id text~",
        "kind text! = nps, csat, ces, choose_again, word_of_mouth, other", "stage text = " + ", ".join(STAGES),
        "invited_at timestamp", "invited_by text -> people", "answered_at timestamp", "score number",
        "scale_min number", "scale_max number", "text text~", "about_person_id text -> people",
        "about text : the id of the case, deal, … it is about",
    ),
    _table(
        "usage", "how much a customer used a feature on a day", "adoption, use before leaving",
        "*customer_id text -> customers", "*day date", "*feature text", "active_users integer", "events integer",
        "seats integer",
    ),
    _table(
        "costs", "what a department spent", "department accounts, margin",
        "*cost_id text", "on date!", "department text = " + ", ".join(DEPARTMENTS),
        "customer_id text -> customers : empty = shared", "amount money!", "currency text", "kind text",
    ),
)  # fmt: skip

_PEOPLE_AND_OUTSIDE = (
    _table(
        "courses", "a course assigned to or completed by a person", "who is trained, and what it changed",
        "*person_id text -> people", "*course text", "assigned_on date", "completed_on date", "score number",
        "is_customer_experience boolean",
    ),
    _table(
        "objectives", "a goal of a person, scored", "pay on objectives",
        "*person_id text -> people", "*objective text", "*from_on date", "to_on date", "weight share", "score share",
        "scored_by text -> people", "scored_on date",
    ),
    _table(
        "assessments", "a score given to a person at hiring or review", "hiring judged by later experience",
        "*person_id text -> people", "*criterion text", "*assessed_on date", "score number",
        "stage text = hiring, onboarding, review",
    ),
    _table(
        "exchange_rates", "what a currency was worth on a day", "amounts in several currencies",
        "*currency text", "*on date", "rate share! : to the company's currency",
    ),
    _table(
        "rankings", "an outside index of customer experience", "the leaders-and-laggards study",
        "*unit text", "*year integer", "*source_name text", "score number",
    ),
    _table(
        "prices", "a price series", "the leaders-and-laggards study",
        "*unit text", "*on date", "close number",
    ),
    _table(
        "identities", "a statement that two ids mean the same", "one customer known to several systems under many ids",
        "*kind text = customers, people, teams", "*id text : the id that is replaced, with its namespace",
        "same_id text : the id it stands for; empty undoes an earlier statement", "evidence text~", "decided_by text",
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in (*_WHO, *_HAPPENED, *_PEOPLE_AND_OUTSIDE)}

# tables whose rows follow each other, and whose they are: of one holder, a row may last until the next begins
LASTING: dict[str, tuple[str, ...]] = {
    "positions": ("person_id",),
    "coverage": ("customer_id", "role"),
    "quotas": ("person_id", "team_id", "measure"),
    "objectives": ("person_id", "objective"),
}
ENDS = "to_on"
