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
placed AS (
  SELECT
    under.*, CAST((period - first_period) // period_months + 1 AS BIGINT) AS place,
    make_date(CAST(period // 12 AS INTEGER), CAST(mod(period, 12) + 1 AS INTEGER), 1) AS first_of,
    make_date(CAST((period + period_months) // 12 AS INTEGER), CAST(mod(period + period_months, 12) + 1 AS INTEGER), 1)
      AS next_of
  FROM under
),
counted AS (
  SELECT placed.*, date_diff('day', first_of, next_of) AS period_days FROM placed
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
    AND f.kind <> 'ramp' AND (f.periods = 0 OR c.place <= f.periods)
),
ramped AS (
  SELECT
    c.scenario, c.plan, c.version, c.person_id, c.currency, c.period, c.place, c.rounding_to, c.half_up,
    c.period_days * CASE WHEN NOT m.yearly THEN 1 WHEN c.period_months = 1 THEN 12 WHEN c.period_months = 3 THEN 4 ELSE 1 END
      AS d,
    CAST(m.target_pay AS DECIMAL(38, 4)) * CAST(m.fte AS DECIMAL(8, 4)) * CAST(r.share AS DECIMAL(8, 4))
      * CAST(date_diff('day', greatest(m.from_on, r.from_on, c.first_of), least(m.to_on, r.to_on, c.next_of))
        AS DECIMAL(4, 0)) AS n
  FROM counted AS c
  JOIN plan_floors AS f ON f.scenario = c.scenario AND f.plan = c.plan AND f.version = c.version AND f.kind = 'ramp'
  JOIN members AS m ON m.scenario = c.scenario AND m.plan = c.plan AND m.version = c.version AND m.person_id = c.person_id
    AND m.from_on < c.next_of AND c.first_of < m.to_on
  JOIN ramp_spans AS r ON r.scenario = c.scenario AND r.plan = c.plan AND r.version = c.version
    AND r.person_id = c.person_id AND r.kind = 'guarantee' AND r.share > 0
    AND r.from_on < least(m.to_on, c.next_of) AND greatest(m.from_on, c.first_of) < r.to_on
),
ramp_sums AS (
  SELECT
    scenario, plan, version, person_id, currency, period, place, rounding_to, half_up,
    CASE WHEN count(*) = count(n) THEN quotient(CAST(sum(n) AS DECIMAL(38, 12)), CAST(max(d) AS DECIMAL(18, 0)) * rounding_to) END
      AS steps
  FROM ramped
  GROUP BY scenario, plan, version, person_id, currency, period, place, rounding_to, half_up
)
SELECT
  scenario, plan, person_id, currency, period, kind, version, place,
  CAST(CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS DECIMAL(18, 4)) AS amount
FROM asked_for
UNION ALL
SELECT
  scenario, plan, person_id, currency, period, 'guarantee' AS kind, version, place,
  CAST(CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS DECIMAL(18, 4)) AS amount
FROM ramp_sums
UNION ALL
SELECT
  scenario, plan, person_id, currency, period, '' AS kind, version, place, CAST(NULL AS DECIMAL(18, 4)) AS amount
FROM counted
