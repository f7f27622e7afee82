-- one row per fact, part and person for which no exchange rate is known: what is credited cannot be counted
-- key: scenario, plan, part, measure, person_id, fact_id, period
-- per: person_id of credited
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   part text            the part
--   measure text         the amount measure
--   person_id text       who is credited
--   fact_id text         the fact
--   period integer       the plan's period in which the fact's day lies
--   customer_id text     '' none
--   on_day date          the fact's day
--   amount money         the whole fact, in its own currency
--   currency text        the fact's currency
--   plan_currency text   the plan's
SELECT
  c.scenario, c.plan, c.part, c.measure, c.person_id, c.fact_id, c.period, min(c.customer_id) AS customer_id,
  min(c.on_day) AS on_day, min(c.amount) AS amount, min(c.currency) AS currency, min(v.currency) AS plan_currency
FROM credited AS c
JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
WHERE c.counted IS NULL
GROUP BY c.scenario, c.plan, c.part, c.measure, c.person_id, c.fact_id, c.period
