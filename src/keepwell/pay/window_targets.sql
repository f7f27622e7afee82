-- one row per person, plan version and evaluation of a window: days under the plan and the plan's whole target in it,
-- as the fraction target_n / target_d. A part's target is its weight_units of it: target_d counts the plan's units.
-- Partial periods of different lengths make different denominators: two of them are multiplied out; of more, the least
-- multiple of all lengths that a month or quarter can have is taken. Only where weights are missing in some of these too, or
-- where 18 digits could not divide it, is each period's target rounded, to eight decimals. Parts on top have a target of their
-- own: no missing weight is spread over them.
-- key: scenario, plan, version, person_id, beside, span, to_date, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   beside boolean         of the parts that are paid on top
--   span text              period, quarter, year or plan
--   to_date boolean        target and base count up to the period only
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   days integer           days under the plan whose target counts
--   first_on date          the first of them
--   end_on date            the first day after the last of them
--   target_n exact         the plan's target in the window: numerator; null where a position has none
--   target_d integer       its denominator, in units of weight
WITH kinds AS (
  SELECT DISTINCT scenario, plan, version, on_top AND weight_units > 0 AS beside FROM plan_parts
),
looked AS (
  SELECT
    w.scenario, w.plan, w.version, m.person_id, k.beside, w.span, w.to_date, w.window_month, w.period,
    m.days, m.first_on, m.end_on, m.target_n, m.days_d, m.target_d // m.days_d AS per_year,
    v.weight_total AS total,
    v.weight_total - CASE WHEN k.beside THEN 0 ELSE coalesce(r.weight_units, 0) END AS units
  FROM plan_window_periods AS w
  JOIN plan_versions AS v ON v.scenario = w.scenario AND v.plan = w.plan AND v.version = w.version
  JOIN kinds AS k ON k.scenario = w.scenario AND k.plan = w.plan AND k.version = w.version
  JOIN member_periods AS m ON m.scenario = w.scenario AND m.plan = w.plan AND m.version = w.version
    AND m.period = w.within
  LEFT JOIN reweights AS r ON r.scenario = m.scenario AND r.plan = m.plan AND r.version = m.version
    AND r.person_id = m.person_id AND r.period = m.period
  WHERE w.aims
),
weighted AS (
  SELECT
    looked.*,
    min(units) OVER (PARTITION BY scenario, plan, version, person_id, beside, span, to_date, window_month, period) AS least_units,
    max(units) OVER (PARTITION BY scenario, plan, version, person_id, beside, span, to_date, window_month, period) AS most_units
  FROM looked
),
denominated AS (
  SELECT
    weighted.*,
    CASE WHEN least_units = most_units THEN days_d ELSE days_d * units END AS d,
    CASE WHEN least_units = most_units THEN per_year * least_units ELSE per_year END AS shared
  FROM weighted
),
bounded AS (
  SELECT
    denominated.*,
    coalesce(min(CASE WHEN d > 1 THEN d END)
      OVER (PARTITION BY scenario, plan, version, person_id, beside, span, to_date, window_month, period), 1) AS low,
    max(d) OVER (PARTITION BY scenario, plan, version, person_id, beside, span, to_date, window_month, period) AS high
  FROM denominated
),
counted AS (
  SELECT
    bounded.*,
    bool_or(d > low AND d < high) OVER (PARTITION BY scenario, plan, version, person_id, beside, span, to_date, window_month, period)
      AS more
  FROM bounded
),
scaled AS (
  SELECT
    counted.*,
    least_units < most_units AND (more OR high > 280000000) AS rounded,
    CASE WHEN least_units < most_units AND (more OR high > 280000000) THEN total
      WHEN high = low THEN low
      WHEN more AND least_units = most_units AND high <= 31 THEN 377580  -- 28 to 31
      WHEN more AND least_units = most_units AND low >= 90 AND high <= 92 THEN 376740  -- 90 to 92
      ELSE low * high END AS common
  FROM counted
)
SELECT
  scenario, plan, version, person_id, beside, span, to_date, window_month, period,
  CAST(sum(days) AS BIGINT) AS days,
  min(first_on) AS first_on,
  max(end_on) AS end_on,
  CASE WHEN count(*) = count(target_n) THEN CAST(sum(
    CASE
      WHEN rounded THEN CAST(round_even(quotient(CAST(target_n AS DECIMAL(38, 8)) * CAST(total AS DECIMAL(18, 0)),
        CAST(d AS DECIMAL(18, 0))), 8) AS DECIMAL(38, 8))
      WHEN mod(common, d) = 0 THEN CAST(target_n AS DECIMAL(38, 8)) * CAST(common // d AS DECIMAL(18, 0))
      ELSE round_even(quotient(target_n, CAST(d AS DECIMAL(18, 0))), 8) * CAST(common AS DECIMAL(18, 0))
    END) AS DECIMAL(38, 12)) END AS target_n,
  CAST(max(common * shared) AS BIGINT) AS target_d
FROM scaled
GROUP BY scenario, plan, version, person_id, beside, span, to_date, window_month, period
