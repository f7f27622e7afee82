-- one row per credited fact of a part that holds or takes back, and look at its window from the fact's period on: the
-- fact's share of the part's pay, in proportion to what it counted, now and at the look before. Shares are cut from the
-- cumulative amount, rounded away from zero, so that they add up to the pay. A fact paid by itself has all of its pay.
-- key: scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, settles
-- per: person_id of fact_places, fact_pays, part_looks
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
--   settles integer      first month of the settlement period of the look
--   next_settles integer that of the next look; null: this is the last
--   window_month integer the window's first month
--   period integer       the last period evaluated in this look
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   counted money        what the fact counted for the person
--   share money          its share of the part's pay
--   before money         its share at the look before; 0 there was none
--   known_at timestamp   when we learned of the fact
WITH seen AS (
  SELECT
    f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id, f.credit_row, f.who, f.low, l.settles,
    l.next_settles, f.window_month, l.period, f.on_day, f.customer_id, f.contract_id, f.counted, f.weight, f.known_at, f.reached,
    v.rounding_to, l.pay, l.counted AS whole,
    CASE WHEN l.before_period >= f.period THEN l.before_pay ELSE 0 END AS before_pay, l.before_counted AS before_whole,
    v.rounding_to = CAST(0.01 AS DECIMAL(3, 2)) AND f.weight >= 0 AND f.reached >= f.weight AND l.pay >= 0 AND l.counted > 0
      AND CAST(l.pay AS DECIMAL(19, 4)) * f.reached < 900000000000000
      AND floor(f.reached * 100) = f.reached * 100 AND floor(f.weight * 100) = f.weight * 100
      AND floor(l.counted * 100) = l.counted * 100 AS small
  FROM fact_places AS f
  JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
    AND (p.hold_share > 0 OR p.takes_back) AND p.span <> 'each'
  JOIN plan_versions AS v ON v.scenario = f.scenario AND v.plan = f.plan AND v.version = f.version
  JOIN part_looks AS l ON l.scenario = f.scenario AND l.plan = f.plan AND l.version = f.version AND l.part = f.part
    AND l.person_id = f.person_id AND l.window_month = f.window_month AND l.period >= f.period
  WHERE f.use = 'counted' AND f.counted IS NOT NULL
),
cut AS (
  SELECT
    seen.*,
    CASE
      WHEN small THEN CAST(
        (CAST(floor(pay * 100) AS BIGINT) * CAST(floor(reached * 100) AS BIGINT)
          + CAST(floor(whole * 100) AS BIGINT) - 1) // CAST(floor(whole * 100) AS BIGINT)
        - (CAST(floor(pay * 100) AS BIGINT) * CAST(floor((reached - weight) * 100) AS BIGINT)
          + CAST(floor(whole * 100) AS BIGINT) - 1) // CAST(floor(whole * 100) AS BIGINT) AS DECIMAL(38, 12))
    END AS small_steps,
    CASE WHEN NOT small THEN quotient(CAST(pay AS DECIMAL(38, 4)) * reached, CAST(whole AS DECIMAL(38, 4)) * rounding_to)
    END AS to_steps,
    CASE WHEN NOT small THEN quotient(CAST(pay AS DECIMAL(38, 4)) * (reached - weight),
      CAST(whole AS DECIMAL(38, 4)) * rounding_to) END AS from_steps,
    CASE WHEN before_pay <> 0 THEN quotient(CAST(before_pay AS DECIMAL(38, 4)) * reached,
      CAST(before_whole AS DECIMAL(38, 4)) * rounding_to) END AS before_to_steps,
    CASE WHEN before_pay <> 0 THEN quotient(CAST(before_pay AS DECIMAL(38, 4)) * (reached - weight),
      CAST(before_whole AS DECIMAL(38, 4)) * rounding_to) END AS before_from_steps
  FROM seen
)
SELECT
  scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, settles, next_settles, window_month,
  period, on_day, customer_id, contract_id, counted,
  CAST(coalesce(coalesce(small_steps, CASE WHEN to_steps >= 0 THEN ceil(to_steps) ELSE floor(to_steps) END
    - CASE WHEN from_steps >= 0 THEN ceil(from_steps) ELSE floor(from_steps) END) * rounding_to, 0) AS DECIMAL(18, 4)) AS share,
  CAST(coalesce((CASE WHEN before_to_steps >= 0 THEN ceil(before_to_steps) ELSE floor(before_to_steps) END
    - CASE WHEN before_from_steps >= 0 THEN ceil(before_from_steps) ELSE floor(before_from_steps) END) * rounding_to, 0)
    AS DECIMAL(18, 4)) AS before,
  known_at
FROM cut
UNION ALL
SELECT
  f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id, f.credit_row, f.who, f.low, w.settles,
  CAST(NULL AS BIGINT) AS next_settles, w.window_month, w.period, f.on_day, f.customer_id, f.contract_id, f.counted,
  f.pay AS share, CAST(0 AS DECIMAL(18, 4)) AS before, f.known_at
FROM fact_pays AS f
JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
  AND (p.hold_share > 0 OR p.takes_back)
JOIN plan_windows AS w ON w.scenario = f.scenario AND w.plan = f.plan AND w.version = f.version AND w.span = 'period'
  AND NOT w.to_date AND w.period = f.period
