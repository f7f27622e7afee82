-- one row per person, period under a plan and thing that its pay is lifted to: how much that is for the days under the plan.
-- Amounts are divided by days; shares are of the target, which is.
-- key: scenario, plan, person_id, currency, period, kind, version
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   person_id text         who is paid
--   currency text          of the amount
--   period integer         the plan's period: its first month
--   kind text              draw, free_draw, guarantee, or '' the period alone, with no amount
--   version text           the version that says so
--   place integer          which period under the plan it is for the person, counted from 1
--   amount money           how much; null where the target is not known
WITH asked AS (
  SELECT scenario, plan FROM plan_floors
  UNION
  SELECT old_scenario, old_plan FROM plan_floors WHERE kind = 'transition'
),
under AS (
  SELECT
    m.scenario, m.plan, m.version, m.person_id, v.currency, m.period, m.days, m.target_n, m.target_d, v.rounding_to,
    v.half_up, v.period_months,
    min(m.period) OVER (PARTITION BY m.scenario, m.plan, m.person_id) AS first_period
  FROM member_periods AS m
  JOIN asked AS a ON a.scenario = m.scenario AND a.plan = m.plan
  JOIN plan_versions AS v ON v.scenario = m.scenario AND v.plan = m.plan AND v.version = m.version
  CROSS JOIN run_settings AS s
  WHERE m.period <= year(s.today) * 12 + month(s.today) - 1
),
counted AS (
  SELECT
    under.*, CAST((period - first_period) // period_months + 1 AS BIGINT) AS place,
    date_diff('day', make_date(period // 12, mod(period, 12) + 1, 1),
      make_date((period + period_months) // 12, mod(period + period_months, 12) + 1, 1)) AS period_days
  FROM under
),
asked_for AS (
  SELECT
    c.*, f.kind,
    CASE WHEN f.amount IS NOT NULL
      THEN quotient(CAST(f.amount AS DECIMAL(38, 4)) * CAST(c.days AS DECIMAL(9, 0)),
        CAST(c.period_days AS DECIMAL(9, 0)) * c.rounding_to)
      ELSE quotient(CAST(c.target_n AS DECIMAL(38, 8)) * CAST(f.share AS DECIMAL(9, 4)),
        CAST(c.target_d AS DECIMAL(18, 0)) * c.rounding_to) END AS steps
  FROM counted AS c
  JOIN plan_floors AS f ON f.scenario = c.scenario AND f.plan = c.plan AND f.version = c.version AND f.kind <> 'transition'
    AND (f.periods = 0 OR c.place <= f.periods)
)
SELECT
  scenario, plan, person_id, currency, period, kind, version, place,
  CAST(CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS DECIMAL(18, 4)) AS amount
FROM asked_for
UNION ALL
SELECT
  scenario, plan, person_id, currency, period, '' AS kind, version, place, CAST(NULL AS DECIMAL(18, 4)) AS amount
FROM counted
