-- one row per person and period of a plan that lifts the pay of a period (draw, guarantee, transition), or that another is
-- held against: what the period pays before it is lifted. That is what is earned or advanced in it and not held, and what is
-- released in it from holds; nothing that is taken back. Side pay of other roles (also_pays) is no part of it.
-- key: scenario, plan, person_id, currency, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan, all its versions
--   person_id text         who is paid
--   currency text          of the amount
--   period integer         the plan's period: its first month
--   pay money              what it pays
--   known_at timestamp     when we learned the last of it
WITH asked AS (
  SELECT scenario, plan FROM plan_floors
  UNION
  SELECT old_scenario, old_plan FROM plan_floors WHERE kind = 'transition'
),
moved AS (
  SELECT
    m.scenario, m.plan, m.person_id, v.currency, m.payable, m.known_at, v.period_months, s.year_starts,
    CASE WHEN m.movement = 'released' AND m.on_day IS NOT NULL
      THEN greatest(m.period, CAST(year(m.on_day) * 12 + month(m.on_day) - 1 AS BIGINT)) ELSE m.period END AS on_month
  FROM movements AS m
  JOIN asked AS a ON a.scenario = m.scenario AND a.plan = m.plan
  JOIN plan_versions AS v ON v.scenario = m.scenario AND v.plan = m.plan AND v.version = m.version
  JOIN plan_parts AS p ON p.scenario = m.scenario AND p.plan = m.plan AND p.version = m.version AND p.part = m.part
    AND p.also_role = ''
  CROSS JOIN run_settings AS s
  WHERE m.payable <> 0
)
SELECT
  scenario, plan, person_id, currency, CAST(on_month - mod(on_month - (year_starts - 1), period_months) AS BIGINT) AS period,
  CAST(sum(payable) AS DECIMAL(18, 4)) AS pay, max(known_at) AS known_at
FROM moved
GROUP BY scenario, plan, person_id, currency, CAST(on_month - mod(on_month - (year_starts - 1), period_months) AS BIGINT)
