-- one row per person under a plan with a pool, evaluation of the pool's window and team: how many days they were in it so
-- far. Of a pool of the company all days are in one. Empty where no plan has a pool.
-- key: scenario, plan, version, part, person_id, window_month, period, team_id
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   unit text              team or company
--   team_id text           the team; '' none, or the company
--   days integer           days under the plan in it, from the window's first day to the period's end
--   last_on date           the first day after the last of them
SELECT
  l.scenario, l.plan, l.version, l.part, m.person_id, w.window_month, w.period, p.unit,
  CASE WHEN p.unit = 'team' THEN m.team_id ELSE '' END AS team_id,
  CAST(sum(date_diff('day', greatest(m.from_on, w.from_on), least(m.to_on, w.to_on))) AS BIGINT) AS days,
  max(least(m.to_on, w.to_on)) AS last_on
FROM plan_pools AS l
JOIN plan_parts AS p ON p.scenario = l.scenario AND p.plan = l.plan AND p.version = l.version AND p.part = l.part
JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
  AND w.span = p.span AND w.to_date = p.to_date AND w.counts
JOIN members AS m ON m.scenario = p.scenario AND m.plan = p.plan AND m.version = p.version
  AND m.from_on < w.to_on AND w.from_on < m.to_on
GROUP BY
  l.scenario, l.plan, l.version, l.part, m.person_id, w.window_month, w.period, p.unit,
  CASE WHEN p.unit = 'team' THEN m.team_id ELSE '' END
