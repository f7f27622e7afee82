-- one row per person, plan version, measure and evaluation of a window for which a quota is recorded: the quota of the
-- days under the plan, as the fraction quota_n / quota_d (denominators as in window_targets)
-- key: scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   measure text           what the quota is of
--   unit text              own, team, roll_up or company
--   pooled boolean         of a pool of the company
--   span text              period, quarter, year or plan
--   to_date boolean        the quota counts up to the period only
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   quota_n exact          numerator, in the plan's currency
--   quota_d integer        denominator
WITH sums AS (
  SELECT
    scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period, from_on, target, quota_days,
    CAST(target AS DECIMAL(38, 4)) * CAST(sum(days) AS DECIMAL(14, 4)) AS n
  FROM quota_spans
  GROUP BY scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period, from_on, target, quota_days
),
divided AS (
  SELECT sums.*, round_even(quotient(n, CAST(quota_days AS DECIMAL(18, 0))), 4) AS whole FROM sums
),
fractions AS (
  SELECT
    divided.*,
    CASE WHEN whole * quota_days = n THEN CAST(whole AS DECIMAL(38, 8)) WHEN n = round_even(n, 4) THEN CAST(n AS DECIMAL(38, 8))
      ELSE CAST(n * 10000 AS DECIMAL(38, 8)) END AS part_n,
    CASE WHEN whole * quota_days = n THEN 1 WHEN n = round_even(n, 4) THEN quota_days ELSE quota_days * 10000 END AS d
  FROM divided
),
bounded AS (
  SELECT
    fractions.*,
    coalesce(min(CASE WHEN d > 1 THEN d END)
      OVER (PARTITION BY scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period), 1) AS low,
    max(d) OVER (PARTITION BY scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period) AS high
  FROM fractions
),
scaled AS (
  SELECT bounded.*, CASE WHEN high = low THEN low ELSE low * high END AS common FROM bounded
)
SELECT
  scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period,
  CAST(sum(CAST(
    CASE
      WHEN d = 1 THEN part_n * CAST(common AS DECIMAL(18, 0))
      WHEN d = low THEN part_n * CAST(CASE WHEN high = low THEN 1 ELSE high END AS DECIMAL(18, 0))
      WHEN d = high THEN part_n * CAST(low AS DECIMAL(18, 0))
      ELSE CAST(round_even(quotient(n, CAST(quota_days AS DECIMAL(18, 0))), 8) AS DECIMAL(38, 8)) * CAST(common AS DECIMAL(18, 0))
    END AS DECIMAL(38, 8))) AS DECIMAL(38, 12)) AS quota_n,
  CAST(max(common) AS BIGINT) AS quota_d
FROM scaled
GROUP BY scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period
