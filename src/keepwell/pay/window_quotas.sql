-- one row per person, plan version, measure and evaluation of a window for which a quota is recorded: the quota of the
-- days under the plan, as the fraction quota_n / quota_d (denominators as in window_targets)
-- key: scenario, plan, version, person_id, measure, span, to_date, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   measure text           what the quota is of
--   span text              period, quarter, year or plan
--   to_date boolean        the quota counts up to the period only
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   quota_n exact          numerator, in the plan's currency
--   quota_d integer        denominator
WITH asked AS (
  SELECT DISTINCT scenario, plan, version, measure, span, to_date FROM plan_parts WHERE base = 'quota'
),
reaches AS (
  SELECT scenario, plan, version, span, to_date, window_month, period, min(from_on) AS from_on, max(to_on) AS to_on
  FROM plan_window_periods
  WHERE aims
  GROUP BY scenario, plan, version, span, to_date, window_month, period
),
overlapping AS (
  SELECT
    r.scenario, r.plan, r.version, m.person_id, a.measure, r.span, r.to_date, r.window_month, r.period,
    q.from_on, CAST(q.target AS DECIMAL(38, 4)) AS target, date_diff('day', q.from_on, q.to_on) AS quota_days,
    date_diff('day', greatest(m.from_on, r.from_on, q.from_on), least(m.to_on, r.to_on, q.to_on)) AS days
  FROM asked AS a
  JOIN plan_versions AS v ON v.scenario = a.scenario AND v.plan = a.plan AND v.version = a.version
  JOIN reaches AS r ON r.scenario = a.scenario AND r.plan = a.plan AND r.version = a.version
    AND r.span = a.span AND r.to_date = a.to_date
  JOIN members AS m ON m.scenario = a.scenario AND m.plan = a.plan AND m.version = a.version
    AND m.from_on < r.to_on AND r.from_on < m.to_on
  JOIN quotas AS q ON q.person_id = m.person_id AND q.measure = a.measure
    AND coalesce(q.currency, v.currency) = v.currency
    AND q.from_on < least(m.to_on, r.to_on) AND greatest(m.from_on, r.from_on) < q.to_on
),
sums AS (
  SELECT
    scenario, plan, version, person_id, measure, span, to_date, window_month, period, from_on, target, quota_days,
    target * CAST(sum(days) AS DECIMAL(9, 0)) AS n
  FROM overlapping
  GROUP BY scenario, plan, version, person_id, measure, span, to_date, window_month, period, from_on, target, quota_days
),
divided AS (
  SELECT sums.*, round_even(quotient(n, CAST(quota_days AS DECIMAL(18, 0))), 4) AS whole FROM sums
),
fractions AS (
  SELECT
    divided.*,
    CASE WHEN whole * quota_days = n THEN whole ELSE n END AS part_n,
    CASE WHEN whole * quota_days = n THEN 1 ELSE quota_days END AS d
  FROM divided
),
bounded AS (
  SELECT
    fractions.*,
    coalesce(min(CASE WHEN d > 1 THEN d END)
      OVER (PARTITION BY scenario, plan, version, person_id, measure, span, to_date, window_month, period), 1) AS low,
    max(d) OVER (PARTITION BY scenario, plan, version, person_id, measure, span, to_date, window_month, period) AS high
  FROM fractions
),
scaled AS (
  SELECT bounded.*, CASE WHEN high = low THEN low ELSE low * high END AS common FROM bounded
)
SELECT
  scenario, plan, version, person_id, measure, span, to_date, window_month, period,
  CAST(sum(
    CASE
      WHEN d = 1 THEN part_n * CAST(common AS DECIMAL(18, 0))
      WHEN d = low THEN part_n * CAST(CASE WHEN high = low THEN 1 ELSE high END AS DECIMAL(18, 0))
      WHEN d = high THEN part_n * CAST(low AS DECIMAL(18, 0))
      ELSE round_even(quotient(n, CAST(quota_days AS DECIMAL(18, 0))), 4) * CAST(common AS DECIMAL(18, 0))
    END) AS DECIMAL(38, 12)) AS quota_n,
  CAST(max(common) AS BIGINT) AS quota_d
FROM scaled
GROUP BY scenario, plan, version, person_id, measure, span, to_date, window_month, period
