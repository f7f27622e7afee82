-- one row per credited fact that is paid by itself (over: each fact, also_pays): the shape on this one fact, rounded once
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- per: person_id of credited, adjusted_fact_pays
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is paid
--   use text             counted or also
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, or a role
--   low share            where the person's share of the fact begins
--   period integer       the plan's period in which the fact's day lies
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   counted money        what the fact counted for the person
--   known_at timestamp   when we learned of the fact
--   uncapped money       what the shape gives
--   pay money            within at_most and at_least, which are rounded as pay is
WITH shaped AS (
  SELECT
    c.*, i.rate AS straight, i.fee, v.rounding_to, v.half_up, p.at_most, p.at_least,
    CAST(i.a AS DECIMAL(18, 0)) + CAST(i.b AS DECIMAL(18, 0)) * CAST(c.counted AS DECIMAL(18, 4)) AS reached, i.c,
    p.multiplies
  FROM (SELECT * FROM credited WHERE counted IS NOT NULL AND use <> 'base') AS c
  JOIN plan_parts AS p ON p.scenario = c.scenario AND p.plan = c.plan AND p.version = c.version AND p.part = c.part
    AND p.span = 'each' AND NOT p.adjusted
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  JOIN plan_pieces AS i ON i.scenario = c.scenario AND i.plan = c.plan AND i.version = c.version AND i.part = c.part
    AND (i.low IS NULL OR c.counted > i.low OR (NOT i.low_open AND c.counted = i.low))
    AND (i.high IS NULL OR c.counted < i.high OR (NOT i.high_open AND c.counted = i.high))
),
exact AS (
  SELECT
    shaped.*,
    CASE
      WHEN rounding_to = CAST(0.01 AS DECIMAL(3, 2)) AND straight IS NOT NULL AND multiplies = 'money'
        THEN CAST(CAST(counted AS DECIMAL(38, 4)) * straight * 100 + fee * 100 AS DECIMAL(38, 13))
      WHEN multiplies = 'amount' THEN CAST(quotient(CAST(counted AS DECIMAL(38, 4)) * CAST(reached AS DECIMAL(38, 4)),
        CAST(c AS DECIMAL(18, 0)) * rounding_to) + quotient(fee, rounding_to) AS DECIMAL(38, 13))
      ELSE CAST(quotient(reached, CAST(c AS DECIMAL(18, 0)) * rounding_to) + quotient(fee, rounding_to) AS DECIMAL(38, 13))
    END AS steps
  FROM shaped
),
rounded AS (
  SELECT
    exact.*,
    CAST(CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS DECIMAL(18, 4)) AS whole_pay
  FROM exact
)
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low, period, on_day, customer_id,
  contract_id, counted, known_at, whole_pay AS uncapped,
  CAST(CASE WHEN whole_pay > at_most OR at_least > at_most THEN at_most WHEN whole_pay < at_least THEN at_least
    ELSE whole_pay END AS DECIMAL(18, 4)) AS pay
FROM rounded
UNION ALL
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low, period, on_day, customer_id,
  contract_id, counted, known_at, uncapped, pay
FROM adjusted_fact_pays
