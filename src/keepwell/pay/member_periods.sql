-- one row per person, plan version and period: days under the plan and the target they make. The target is the fraction
-- target_n / target_d, so that nothing is rounded before pay is. Of whole periods the days cancel.
-- key: scenario, plan, version, person_id, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   period integer         the period's first month
--   days integer           days of the period under the plan
--   first_on date          the first of them
--   end_on date            the first day after the last of them
--   target_n exact         the target's numerator; null where a position has none
--   target_d integer       its denominator: periods per year of a yearly target, × days_d
--   days_d integer         the period's days, where they are divided by; 1 where they cancel
WITH periods AS (
  SELECT DISTINCT w.scenario, w.plan, w.version, w.within AS period, w.from_on, w.to_on, w.days, v.period_months
  FROM plan_window_periods AS w
  JOIN plan_versions AS v ON v.scenario = w.scenario AND v.plan = w.plan AND v.version = w.version
  WHERE NOT w.span LIKE 'spiff %'
),
spans AS (
  SELECT
    m.scenario, m.plan, m.version, m.person_id, p.period, m.fte, m.target_pay,
    greatest(m.from_on, p.from_on) AS first_on,
    least(m.to_on, p.to_on) AS end_on,
    date_diff('day', greatest(m.from_on, p.from_on), least(m.to_on, p.to_on)) AS days,
    CASE WHEN NOT m.yearly THEN 1 WHEN p.period_months = 1 THEN 12 WHEN p.period_months = 3 THEN 4 ELSE 1 END AS per_year,
    p.days AS period_days
  FROM members AS m
  JOIN periods AS p ON p.scenario = m.scenario AND p.plan = m.plan AND p.version = m.version
    AND m.from_on < p.to_on AND p.from_on < m.to_on
),
sums AS (
  SELECT
    scenario, plan, version, person_id, period,
    CAST(sum(days) AS BIGINT) AS days,
    min(first_on) AS first_on,
    max(end_on) AS end_on,
    CASE WHEN count(*) = count(target_pay) THEN CAST(sum(
      CAST(target_pay AS DECIMAL(38, 4)) * CAST(fte AS DECIMAL(8, 4)) * CAST(days AS DECIMAL(4, 0))
    ) AS DECIMAL(38, 8)) END AS target_n,
    max(per_year) AS per_year,
    max(period_days) AS period_days
  FROM spans
  GROUP BY scenario, plan, version, person_id, period
),
divided AS (
  SELECT sums.*, round_even(quotient(target_n, CAST(period_days AS DECIMAL(18, 0))), 8) AS whole FROM sums
)
SELECT
  scenario, plan, version, person_id, period, days, first_on, end_on,
  CAST(CASE WHEN whole * period_days = target_n THEN whole ELSE target_n END AS DECIMAL(38, 12)) AS target_n,
  CAST(CASE WHEN whole * period_days = target_n THEN per_year ELSE per_year * period_days END AS BIGINT) AS target_d,
  CAST(CASE WHEN whole * period_days = target_n THEN 1 ELSE period_days END AS BIGINT) AS days_d
FROM divided
