"""Which amounts can a person be paid on, and what does one of them look like?

An amount measure is a list of facts: a deal signed, an order, an invoice paid, a contract renewed. All have one
shape, `FACTS`; each measure is one model (`facts_NAME.sql`), and `amount_facts` is all of them, ordered by its key
(measure, fact_id). Nothing here is split, converted or rounded: that is the work of credit and pay.

| measure              | one fact per                    | on_day                   | amount                      |
|----------------------|---------------------------------|--------------------------|-----------------------------|
| signed_annual_value  | won deal, new or expansion      | closed_on                | the deal's annual_value     |
| signed_amount        | won deal of any kind            | closed_on                | the deal's amount           |
| order_amount         | order                           | the day of ordered_at    | the order's amount          |
| annual_value_due     | contract whose term ends        | the term's last day      | its annual_value            |
| renewed_annual_value | contract that renews another    | the last day of the term | the renewing contract's     |
|                      |                                 | that it renews           | annual_value                |
| saved                | renewal (or running contract)   | as for the renewal; for  | as for the renewal, or the  |
|                      | after a notice that was rescued | a running one the notice | running contract's          |
| invoiced_amount      | invoice                         | issued_on                | its amount                  |
| paid_amount          | invoice that was paid           | paid_on                  | its amount                  |

Only facts up to the run's day are given; days are days in the company's time zone. A save is also a renewal: both
facts then have one fact_id, so that pay can tell by a join which renewals were saves. `saved` knows notice, a rescue
logged in time (window `rescue`) and a customer who did not leave too soon (window `saved`); a condition on content is
the plan's to add. A save is there from the day of the rescue, and is gone if the customer leaves too soon after all.

| column      | says                                                                                                |
|-------------|-----------------------------------------------------------------------------------------------------|
| fact_id     | the deal's, order's, contract's or invoice's id                                                     |
| ref_table   | the table that the id is of: deals, orders, contracts, invoices                                     |
| customer_id | '' where the fact has no customer                                                                   |
| contract_id | the contract that the fact made (a deal's first), or is of; for a renewal the renewing one; '' none |
| deal_id     | the deal behind it; '' none                                                                         |
| owner_id    | the deal's owner, the order's person, who made the rescue; '' none. Shares are for credit to find   |
"""

from __future__ import annotations

from keepwell.core.tables import Column, Table

FACTS = Table(
    "amount_facts",
    (
        Column("measure", "text", "the amount measure", key=True, required=True),
        Column("fact_id", "text", "the id of the row that is the fact", key=True, required=True),
        Column("ref_table", "text", "the table which that row is in", required=True),
        Column("customer_id", "text", "'' where there is none", references="customers", required=True),
        Column("contract_id", "text", "'' where there is none", references="contracts", required=True),
        Column("deal_id", "text", "'' where there is none", references="deals", required=True),
        Column("owner_id", "text", "'' where there is none", references="people", required=True),
        Column("on_day", "date", "the day that decides the period", required=True),
        Column("amount", "money", "in its own currency", required=True),
        Column("currency", "text", "of the amount; the company's where the source says none", required=True),
        Column("known_at", "timestamp", "when we learned it", required=True),
        Column("source", "text", "which source wrote the row"),
        Column("source_file", "text", "the file or query it came from"),
        Column("source_row", "integer", "its row there"),
    ),
    says="a fact that an amount measure counts",
    gives="pay on what was signed, ordered, renewed, saved, invoiced or paid",
)
