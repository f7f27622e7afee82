-- one row per credited fact that is paid by itself by an adjusted part: the shape on this one fact × what conditions and
-- multipliers leave of it, rounded once, within the limits of each fact, then of the plan period, then of the fiscal
-- year. Under these two, facts are paid in the order of days until the limit is reached. Empty where no plan has such.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- per: person_id of credited, part_adjusted
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
--   uncapped money       before limits
--   pay money            within them, each rounded as pay is
WITH shaped AS (
  SELECT
    c.*, i.fee, v.rounding_to, v.half_up, p.at_most, p.at_least, p.multiplies, CAST(i.c AS DECIMAL(18, 0)) AS c,
    CAST(i.a AS DECIMAL(18, 0)) + CAST(i.b AS DECIMAL(18, 0)) * CAST(c.counted AS DECIMAL(18, 4)) AS reached,
    CAST(round_even(CAST(coalesce(a.factor, 1) AS DECIMAL(19, 6)) * CAST(coalesce(k.factor, 1) AS DECIMAL(19, 6)), 6)
      AS DECIMAL(18, 6)) AS factor,
    m.amount AS period_most, y.amount AS year_most,
    c.period - mod(c.period - (s.year_starts - 1), 12) AS year_month
  FROM (SELECT * FROM credited WHERE counted IS NOT NULL AND use <> 'base') AS c
  JOIN adjusted_parts AS d ON d.scenario = c.scenario AND d.plan = c.plan AND d.version = c.version AND d.part = c.part
  JOIN plan_parts AS p ON p.scenario = c.scenario AND p.plan = c.plan AND p.version = c.version AND p.part = c.part
    AND p.span = 'each' AND p.adjusted
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  JOIN plan_pieces AS i ON i.scenario = c.scenario AND i.plan = c.plan AND i.version = c.version AND i.part = c.part
    AND (i.low IS NULL OR c.counted > i.low OR (NOT i.low_open AND c.counted = i.low))
    AND (i.high IS NULL OR c.counted < i.high OR (NOT i.high_open AND c.counted = i.high))
  CROSS JOIN run_settings AS s
  LEFT JOIN part_adjusted AS a ON a.scenario = c.scenario AND a.plan = c.plan AND a.version = c.version
    AND a.part = c.part AND a.person_id = c.person_id AND a.period = c.period
  LEFT JOIN fact_kickers AS k ON k.scenario = c.scenario AND k.plan = c.plan AND k.version = c.version AND k.part = c.part
    AND k.measure = c.measure AND k.fact_id = c.fact_id
  LEFT JOIN plan_limits AS m ON m.scenario = c.scenario AND m.plan = c.plan AND m.version = c.version AND m.part = c.part
    AND m.per = 'period' AND m.kind = 'at_most'
  LEFT JOIN plan_limits AS y ON y.scenario = c.scenario AND y.plan = c.plan AND y.version = c.version AND y.part = c.part
    AND y.per = 'year' AND y.kind = 'at_most'
),
exact AS (
  SELECT
    shaped.*,
    CAST(CASE
      WHEN multiplies = 'amount' THEN quotient(
        CAST(round_even(CAST(counted AS DECIMAL(38, 4)) * factor, 8) AS DECIMAL(38, 8)) * CAST(reached AS DECIMAL(38, 4)),
        c * rounding_to)
      ELSE quotient(CAST(reached AS DECIMAL(38, 4)) * factor, c * rounding_to)
    END + quotient(CAST(fee AS DECIMAL(38, 4)) * factor, rounding_to) AS DECIMAL(38, 13)) AS steps
  FROM shaped
),
rounded AS (
  SELECT
    exact.*,
    CAST(CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS DECIMAL(18, 4)) AS whole_pay
  FROM exact
),
alone AS (
  SELECT
    rounded.*,
    CAST(CASE WHEN whole_pay > at_most OR at_least > at_most THEN at_most WHEN whole_pay < at_least THEN at_least
      ELSE whole_pay END AS DECIMAL(18, 4)) AS pay_alone
  FROM rounded
),
so_far AS (
  SELECT
    alone.*,
    CAST(sum(pay_alone) OVER (PARTITION BY scenario, plan, version, part, person_id, use, period
      ORDER BY on_day, fact_id, measure, credit_row, who, low ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      AS DECIMAL(18, 4)) AS period_paid
  FROM alone
),
in_period AS (
  SELECT
    so_far.*,
    CAST(least(period_paid, coalesce(period_most, period_paid))
      - least(period_paid - pay_alone, coalesce(period_most, period_paid - pay_alone)) AS DECIMAL(18, 4)) AS period_pay
  FROM so_far
),
so_far_in_year AS (
  SELECT
    in_period.*,
    CAST(sum(period_pay) OVER (PARTITION BY scenario, plan, version, part, person_id, use, year_month
      ORDER BY on_day, fact_id, measure, credit_row, who, low ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      AS DECIMAL(18, 4)) AS year_paid
  FROM in_period
)
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low, period, on_day, customer_id,
  contract_id, counted, known_at, whole_pay AS uncapped,
  CAST(least(year_paid, coalesce(year_most, year_paid))
    - least(year_paid - period_pay, coalesce(year_most, year_paid - period_pay)) AS DECIMAL(18, 4)) AS pay
FROM so_far_in_year
