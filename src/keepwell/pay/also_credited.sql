-- one row per fact and person outside the plan who is paid beside those whom the plan credits for it (also_pays). Empty
-- where no plan says so.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is credited
--   use text             also
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             a role
--   fits text            any, saved or other
--   row_low share        where the person's role begins in the row of credit
--   row_high share       where it ends
--   low share            where the person's share of the fact begins
--   high share           where it ends
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        the fact's currency
--   known_at timestamp   when we learned of the fact
WITH claimed AS (
  SELECT k.*, m.scenario, m.plan, m.version
  FROM credit_people AS k
  JOIN members AS m ON m.person_id = k.person_id AND m.from_on <= k.on_day AND k.on_day < m.to_on
  UNION ALL
  SELECT
    measure, fact_id, who, person_id, low, high, on_day, customer_id, contract_id, amount, currency, known_at, scenario,
    plan, version
  FROM book_credit
  WHERE counts
),
behind AS (
  SELECT DISTINCT u.scenario, u.plan, u.version, c.part, u.measure, u.fact_id, c.credit_row
  FROM claimed AS u
  JOIN plan_credit AS c ON c.scenario = u.scenario AND c.plan = u.plan AND c.version = u.version
    AND c.measure = u.measure AND c.who = u.who AND c.use = 'also'
)
SELECT
  b.scenario, b.plan, b.version, b.part, k.person_id, c.use, b.measure, b.fact_id, c.credit_row, k.who, c.fits,
  c.low AS row_low, c.high AS row_high, k.low, k.high, k.on_day, k.customer_id, k.contract_id, k.amount, k.currency, k.known_at
FROM behind AS b
JOIN plan_parts AS p ON p.scenario = b.scenario AND p.plan = b.plan AND p.version = b.version AND p.part = b.part
JOIN plan_credit AS c ON c.scenario = b.scenario AND c.plan = b.plan AND c.version = b.version AND c.part = b.part
  AND c.measure = b.measure AND c.credit_row = b.credit_row AND c.use = 'also' AND c.who = p.also_role
JOIN credit_people AS k ON k.measure = b.measure AND k.fact_id = b.fact_id AND k.who = p.also_role
