-- one row per fact, part and person who is paid on it though it is not simply their own: a fact of their team, of somebody
-- below them or of the company, or one of their own in the days of a spiff. What counts of a fact is the shares of those
-- who belong to the person; overlays stand beside the fact and are left out. Empty where no plan says such words.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is paid
--   use text             counted or base
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, a role, or company
--   fits text            any, saved or other
--   row_low share        where in the row this share begins
--   row_high share       where it ends
--   low share            where the share of the fact begins
--   high share           where it ends
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        of the amount
--   known_at timestamp   when we learned of the fact
WITH asked AS (
  SELECT * FROM plan_credit WHERE finds <> 'own' AND use <> 'also'
)
SELECT DISTINCT
  c.scenario, c.plan, c.version, c.part, u.person_id, c.use, c.measure, k.fact_id, c.credit_row, c.who, c.fits,
  c.low AS row_low, c.high AS row_high, k.low, k.high, k.on_day, k.customer_id, k.contract_id, k.amount, k.currency, k.known_at
FROM asked AS c
JOIN unit_members AS u ON u.scenario = c.scenario AND u.plan = c.plan AND u.version = c.version AND u.unit = c.finds
JOIN credit_people AS k ON k.measure = c.measure AND k.who = c.who AND k.person_id = u.member_id
  AND u.from_on <= k.on_day AND k.on_day < u.to_on AND c.from_on <= k.on_day AND k.on_day < c.to_on
WHERE c.who <> 'deal_shares' OR c.finds = 'dated' OR k.low < 1
UNION ALL
SELECT DISTINCT
  c.scenario, c.plan, c.version, c.part, u.person_id, c.use, c.measure, k.fact_id, c.credit_row, c.who, c.fits,
  c.low AS row_low, c.high AS row_high, k.low, k.high, k.on_day, k.customer_id, k.contract_id, k.amount, k.currency, k.known_at
FROM asked AS c
JOIN unit_members AS u ON u.scenario = c.scenario AND u.plan = c.plan AND u.version = c.version AND u.unit = c.finds
JOIN book_judged AS k ON k.scenario = c.scenario AND k.plan = c.plan AND k.version = c.version AND k.measure = c.measure
  AND k.who = c.who AND k.person_id = u.member_id AND u.from_on <= k.held_on AND k.held_on < u.to_on
  AND c.from_on <= k.on_day AND k.on_day < c.to_on
WHERE k.counts
UNION ALL
SELECT
  c.scenario, c.plan, c.version, c.part, m.person_id, c.use, c.measure, f.fact_id, c.credit_row, c.who, c.fits,
  c.low AS row_low, c.high AS row_high, CAST(0 AS DECIMAL(18, 9)) AS low, CAST(1 AS DECIMAL(18, 9)) AS high, f.on_day,
  f.customer_id, f.contract_id, f.amount, f.currency, f.known_at
FROM asked AS c
JOIN amount_facts AS f ON f.measure = c.measure AND c.from_on <= f.on_day AND f.on_day < c.to_on
JOIN members AS m ON m.scenario = c.scenario AND m.plan = c.plan AND m.version = c.version
  AND m.from_on <= f.on_day AND f.on_day < m.to_on
WHERE c.finds = 'company'
