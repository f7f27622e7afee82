-- one row per scored part, person and evaluation of its window: whose answers of which months are asked for
-- key: scenario, plan, version, part, person_id, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   settles integer        first month of the settlement period in which its end lies
--   measure text           the measure
--   unit text              own, team or company
--   team_id text           the person's team on the last day under the plan in the window; '' none
--   first_month integer    the first month of answers that count
--   last_month integer     the last
--   at_least_n integer     how many answers are needed
--   credible boolean       pay uses the credible value, not the observed one
--   otherwise text         the fallbacks, in their order
--   weight_units integer   the part's weight
--   weight_total integer   the weights of all parts
WITH asked AS (
  SELECT
    p.scenario, p.plan, p.version, p.part, m.person_id, w.window_month, w.period, w.settles, p.measure, p.unit, m.team_id,
    CASE WHEN p.looking_back > 0 THEN w.last_month - p.looking_back + 1 ELSE w.first_month END AS first_month,
    w.last_month, p.at_least_n, p.credible, p.otherwise, p.weight_units, v.weight_total,
    row_number() OVER (PARTITION BY p.scenario, p.plan, p.version, p.part, m.person_id, w.window_month, w.period
      ORDER BY m.from_on DESC) AS place
  FROM plan_parts AS p
  JOIN plan_versions AS v ON v.scenario = p.scenario AND v.plan = p.plan AND v.version = p.version
  JOIN plan_windows AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date
  JOIN members AS m ON m.scenario = p.scenario AND m.plan = p.plan AND m.version = p.version
    AND m.from_on < w.to_on AND w.from_on < m.to_on
  WHERE p.scored
)
SELECT
  scenario, plan, version, part, person_id, window_month, period, settles, measure, unit, team_id, first_month, last_month,
  at_least_n, credible, otherwise, weight_units, weight_total
FROM asked
WHERE place = 1
