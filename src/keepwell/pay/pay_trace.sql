-- one row per fact credited to a person in a part: what it counted, and its share of what the part pays for the window
-- so far. The shares of a window add up to its pay.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- kept: yes
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is credited
--   use text             counted, base, or also
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, or a role
--   low share            where the person's share of the fact begins
--   high share           where it ends
--   window_month integer       the window's first month
--   period integer       the last period at whose end the window was evaluated
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        the fact's currency
--   rate share           to the plan's currency, where that is another
--   counted money        the person's part of it, in the plan's currency; null where no rate is known
--   pay money            its share of the part's pay; null where it is only part of the base, or something is missing
--   known_at timestamp   when we learned of the fact
WITH last_looks AS (
  SELECT scenario, plan, version, span, to_date, within, window_month, max(period) AS period
  FROM plan_window_periods
  WHERE counts
  GROUP BY scenario, plan, version, span, to_date, within, window_month
),
dated AS (
  SELECT
    c.*, w.window_month, w.period AS look, t.pay AS whole_pay, t.counted AS whole, f.pay AS own_pay, v.rounding_to,
    sum(CASE WHEN c.use = 'counted' THEN CAST(c.counted AS DECIMAL(38, 4)) END) OVER (
      PARTITION BY c.scenario, c.plan, c.version, c.part, c.person_id, w.window_month
      ORDER BY c.on_day, c.fact_id, c.measure, c.credit_row, c.who, c.low, c.use
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached
  FROM credited AS c
  JOIN plan_parts AS p ON p.scenario = c.scenario AND p.plan = c.plan AND p.version = c.version AND p.part = c.part
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  JOIN last_looks AS w ON w.scenario = c.scenario AND w.plan = c.plan AND w.version = c.version
    AND w.span = CASE WHEN p.span = 'each' THEN 'period' ELSE p.span END AND w.to_date = p.to_date AND w.within = c.period
  LEFT JOIN part_totals AS t ON t.scenario = c.scenario AND t.plan = c.plan AND t.version = c.version
    AND t.part = c.part AND t.person_id = c.person_id AND t.window_month = w.window_month AND t.period = w.period
  LEFT JOIN fact_pays AS f ON f.scenario = c.scenario AND f.plan = c.plan AND f.version = c.version
    AND f.part = c.part AND f.person_id = c.person_id AND f.use = c.use AND f.measure = c.measure
    AND f.fact_id = c.fact_id AND f.credit_row = c.credit_row AND f.who = c.who AND f.low = c.low
),
cut AS (
  SELECT
    dated.*,
    quotient(CAST(whole_pay AS DECIMAL(38, 4)) * reached, CAST(whole AS DECIMAL(38, 4)) * rounding_to) AS to_steps,
    quotient(CAST(whole_pay AS DECIMAL(38, 4)) * (reached - counted), CAST(whole AS DECIMAL(38, 4)) * rounding_to)
      AS from_steps
  FROM dated
)
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low, high, window_month, look AS period,
  on_day, customer_id, contract_id, amount, currency, rate, counted,
  CAST(CASE
    WHEN use = 'base' THEN NULL
    WHEN own_pay IS NOT NULL THEN own_pay
    ELSE (CASE WHEN to_steps >= 0 THEN ceil(to_steps) ELSE floor(to_steps) END
      - CASE WHEN from_steps >= 0 THEN ceil(from_steps) ELSE floor(from_steps) END) * rounding_to
  END AS DECIMAL(18, 4)) AS pay,
  known_at
FROM cut
