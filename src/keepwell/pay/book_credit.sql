-- one row per fact that counts by a plan's book and person under the plan who held the customer: does it count for them,
-- and if not, why? Losses are renewals that were due and did not come, or came for less; where they are spared, neither
-- what was due nor what was renewed counts.
-- key: scenario, plan, version, measure, fact_id, who, person_id, low
-- kept: yes
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   measure text         the amount measure
--   fact_id text         the fact
--   who text             book:ROLE
--   person_id text       who held the customer
--   low share            where the person's share begins
--   high share           where it ends
--   period integer       the plan's period
--   on_day date          the fact's day
--   customer_id text     the customer
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        of the amount
--   known_at timestamp   when we learned of the fact
--   held_on date         the day that decides
--   held_since date      held without a break from this day on; null by exception
--   counts boolean       it counts for the person
--   why text             '' held; too short, grace, or exception
--   because text         of an exception: why; '' none
--   approved_by text     of an exception: by whom; '' none
SELECT
  j.scenario, j.plan, j.version, j.measure, j.fact_id, j.who, j.person_id, j.low, j.high, j.period, j.on_day,
  j.customer_id, j.contract_id, j.amount, j.currency, j.known_at, j.held_on, j.held_since, j.counts, j.why,
  j.because, j.approved_by
FROM book_judged AS j
JOIN members AS m ON m.scenario = j.scenario AND m.plan = j.plan AND m.version = j.version AND m.person_id = j.person_id
  AND m.from_on <= j.held_on AND j.held_on < m.to_on
