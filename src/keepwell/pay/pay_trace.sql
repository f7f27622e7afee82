-- one row per fact credited to a person in a part: what it counted, and its share of what the part pays for the window
-- so far. The shares of a window add up to its pay.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- per: person_id of credited, part_looks, fact_pays
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
WITH looked_at AS (
  SELECT DISTINCT p.scenario, p.plan, p.version, p.part, w.within AS period, w.window_month
  FROM plan_parts AS p
  JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date
),
periods AS (  -- a number for each part's window: facts are put in order by it, instead of by five columns
  SELECT looked_at.*, dense_rank() OVER (ORDER BY scenario, plan, version, part, window_month) AS window_no FROM looked_at
),
weighed AS (
  SELECT
    c.*,
    CASE WHEN k.factor IS NULL THEN c.counted
      ELSE CAST(round_even(CAST(c.counted AS DECIMAL(38, 4)) * CAST(k.factor AS DECIMAL(18, 6)), 4) AS DECIMAL(18, 4))
    END AS weight
  FROM credited AS c
  LEFT JOIN fact_kickers AS k ON k.scenario = c.scenario AND k.plan = c.plan AND k.version = c.version AND k.part = c.part
    AND k.measure = c.measure AND k.fact_id = c.fact_id
),
placed AS (
  SELECT
    c.scenario, c.plan, c.version, c.part, c.person_id, c.use, c.measure, c.fact_id, c.credit_row, c.who, c.low, c.high,
    w.window_month, c.period, c.on_day, c.customer_id, c.contract_id, c.amount, c.currency, c.rate, c.counted,
    c.weight,
    CAST(CASE WHEN c.use = 'counted' THEN sum(CASE WHEN c.use = 'counted' THEN c.weight END) OVER (
      PARTITION BY w.window_no, c.person_id
      ORDER BY c.on_day, c.fact_id, c.measure, c.credit_row, c.who, c.low, c.use
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS DECIMAL(18, 4)) AS reached,
    c.known_at
  FROM weighed AS c
  JOIN periods AS w ON w.scenario = c.scenario AND w.plan = c.plan AND w.version = c.version AND w.part = c.part
    AND w.period = c.period
),
looks AS (
  SELECT
    l.scenario, l.plan, l.version, l.part, l.person_id, l.window_month, l.period, l.pay, l.counted, v.rounding_to,
    CASE WHEN v.rounding_to = CAST(0.01 AS DECIMAL(3, 2)) AND l.pay >= 0 AND l.counted > 0
      AND floor(l.counted * 100) = l.counted * 100 THEN CAST(floor(l.pay * 100) AS BIGINT) END AS pay_cents,
    CAST(floor(l.counted * 100) AS BIGINT) AS cents
  FROM part_looks AS l
  JOIN plan_versions AS v ON v.scenario = l.scenario AND v.plan = l.plan AND v.version = l.version
  WHERE l.next_settles IS NULL
),
seen AS (
  SELECT
    f.*, l.period AS look, l.pay AS whole_pay, l.counted AS whole, l.rounding_to, l.pay_cents, l.cents AS whole_cents,
    CAST(floor(f.reached * 100) AS BIGINT) AS reached_cents, CAST(floor(f.weight * 100) AS BIGINT) AS weight_cents,
    coalesce(f.weight >= 0 AND f.reached >= f.weight
      AND CAST(l.pay_cents AS DOUBLE) * CAST(f.reached AS DOUBLE) < 90000000000000000
      AND floor(f.reached * 100) = f.reached * 100 AND floor(f.weight * 100) = f.weight * 100, false) AS small
  FROM placed AS f
  LEFT JOIN looks AS l ON l.scenario = f.scenario AND l.plan = f.plan AND l.version = f.version
    AND l.part = f.part AND l.person_id = f.person_id AND l.window_month = f.window_month
),
cut AS (
  SELECT
    seen.*,
    CASE WHEN small AND use <> 'base' THEN (pay_cents * reached_cents + whole_cents - 1) // whole_cents
      - (pay_cents * (reached_cents - weight_cents) + whole_cents - 1) // whole_cents END AS pay_in_cents,
    CASE WHEN use <> 'base' AND NOT small THEN quotient(CAST(whole_pay AS DECIMAL(38, 4)) * reached,
      CAST(whole AS DECIMAL(38, 4)) * rounding_to) END AS to_steps,
    CASE WHEN use <> 'base' AND NOT small THEN quotient(CAST(whole_pay AS DECIMAL(38, 4)) * (reached - weight),
      CAST(whole AS DECIMAL(38, 4)) * rounding_to) END AS from_steps
  FROM seen
)
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low, high, window_month,
  coalesce(look, period) AS period, on_day, customer_id, contract_id, amount, currency, rate, counted,
  CASE
    WHEN pay_in_cents IS NOT NULL
      THEN CAST(CAST(pay_in_cents AS DECIMAL(16, 0)) * CAST(0.01 AS DECIMAL(2, 2)) AS DECIMAL(18, 4))
    ELSE CAST((CASE WHEN to_steps >= 0 THEN ceil(to_steps) ELSE floor(to_steps) END
      - CASE WHEN from_steps >= 0 THEN ceil(from_steps) ELSE floor(from_steps) END) * rounding_to AS DECIMAL(18, 4))
  END AS pay,
  known_at
FROM cut
UNION ALL
SELECT
  c.scenario, c.plan, c.version, c.part, c.person_id, c.use, c.measure, c.fact_id, c.credit_row, c.who, c.low, c.high,
  c.period AS window_month, c.period, c.on_day, c.customer_id, c.contract_id, c.amount, c.currency, c.rate, c.counted,
  f.pay, c.known_at
FROM credited AS c
JOIN plan_parts AS p ON p.scenario = c.scenario AND p.plan = c.plan AND p.version = c.version AND p.part = c.part
  AND p.span = 'each'
LEFT JOIN fact_pays AS f ON f.scenario = c.scenario AND f.plan = c.plan AND f.version = c.version
  AND f.part = c.part AND f.person_id = c.person_id AND f.use = c.use AND f.measure = c.measure
  AND f.fact_id = c.fact_id AND f.credit_row = c.credit_row AND f.who = c.who AND f.low = c.low
