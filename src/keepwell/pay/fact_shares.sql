-- one row per credited fact of a part that holds or takes back, and evaluation of its window from the fact's period on:
-- the fact's share of the part's pay, in proportion to what it counted. Shares are cut from the cumulative amount, by
-- day and id, rounded away from zero, so that they add up to the pay. A fact that is paid by itself has all of its pay.
-- key: scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, window_month, period
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is paid
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, or a role
--   low share            where the person's share of the fact begins
--   window_month integer       the window's first month
--   period integer       the period at whose end it is evaluated
--   settles integer      first month of the settlement period in which that end lies
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   counted money        what the fact counted for the person
--   known_at timestamp   when we learned of the fact
--   share money          its share of the part's pay
WITH dated AS (
  SELECT
    c.scenario, c.plan, c.version, c.part, c.person_id, c.measure, c.fact_id, c.credit_row, c.who, c.low,
    t.window_month, t.period, t.settles, c.on_day, c.customer_id, c.contract_id, c.counted, c.known_at,
    t.pay, t.counted AS whole, v.rounding_to,
    sum(CAST(c.counted AS DECIMAL(38, 4))) OVER (
      PARTITION BY c.scenario, c.plan, c.version, c.part, c.person_id, t.window_month, t.period
      ORDER BY c.on_day, c.fact_id, c.measure, c.credit_row, c.who, c.low
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached
  FROM credited AS c
  JOIN plan_parts AS p ON p.scenario = c.scenario AND p.plan = c.plan AND p.version = c.version AND p.part = c.part
    AND (p.hold_share > 0 OR p.takes_back) AND p.span <> 'each'
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  JOIN plan_window_periods AS w ON w.scenario = c.scenario AND w.plan = c.plan AND w.version = c.version
    AND w.span = p.span AND w.to_date = p.to_date AND w.within = c.period AND w.counts
  JOIN part_totals AS t ON t.scenario = c.scenario AND t.plan = c.plan AND t.version = c.version AND t.part = c.part
    AND t.person_id = c.person_id AND t.window_month = w.window_month AND t.period = w.period
  WHERE c.use = 'counted' AND c.counted IS NOT NULL AND t.pay IS NOT NULL
),
cut AS (
  SELECT
    dated.*,
    quotient(CAST(pay AS DECIMAL(38, 4)) * reached, CAST(whole AS DECIMAL(38, 4)) * rounding_to) AS to_steps,
    quotient(CAST(pay AS DECIMAL(38, 4)) * (reached - counted), CAST(whole AS DECIMAL(38, 4)) * rounding_to) AS from_steps
  FROM dated
)
SELECT
  scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, window_month, period, settles, on_day,
  customer_id, contract_id, counted, known_at,
  CAST(coalesce((CASE WHEN to_steps >= 0 THEN ceil(to_steps) ELSE floor(to_steps) END
    - CASE WHEN from_steps >= 0 THEN ceil(from_steps) ELSE floor(from_steps) END) * rounding_to, 0) AS DECIMAL(18, 4))
    AS share
FROM cut
UNION ALL
SELECT
  f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id, f.credit_row, f.who, f.low, w.window_month, w.period,
  w.settles, f.on_day, f.customer_id, f.contract_id, f.counted, f.known_at, f.pay AS share
FROM fact_pays AS f
JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
  AND (p.hold_share > 0 OR p.takes_back)
JOIN plan_windows AS w ON w.scenario = f.scenario AND w.plan = f.plan AND w.version = f.version AND w.span = 'period'
  AND NOT w.to_date AND w.period = f.period
