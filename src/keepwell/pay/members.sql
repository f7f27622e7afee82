-- one row per person, plan version and span of days: who is under which plan when, in one position. Days that two plans
-- claim are left out: they are an error of the data (pay_conflicts), and guessing would pay somebody wrongly. The plan before,
-- below which a transition does not pay, has the days that people are under the new one.
-- key: scenario, plan, version, person_id, from_on
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   person_id text       who is paid
--   from_on date         first day under the plan in this position
--   to_on date           first day after
--   team_id text         the team on these days; '' none
--   fte share            1 = full time, to four decimals
--   target_pay money     variable pay at target per full period of the plan, or per year where yearly; null none
--   yearly boolean       the target is per year, from the position
WITH clashes AS (
  SELECT scenario, person_id, plan, version, from_on, clash_from_on, clash_to_on FROM pay_conflicts
  UNION
  SELECT scenario, person_id, other_plan, other_version, other_from_on, clash_from_on, clash_to_on FROM pay_conflicts
),
cuts AS (
  SELECT scenario, person_id, plan, version, from_on, from_on AS cut_on FROM claimed
  UNION
  SELECT scenario, person_id, plan, version, from_on, clash_from_on FROM clashes
  UNION
  SELECT scenario, person_id, plan, version, from_on, clash_to_on FROM clashes
),
spans AS (
  SELECT
    c.*, k.cut_on,
    coalesce(lead(k.cut_on) OVER (PARTITION BY c.scenario, c.plan, c.version, c.person_id, c.from_on ORDER BY k.cut_on),
      c.to_on) AS next_on
  FROM claimed AS c
  JOIN cuts AS k ON k.scenario = c.scenario AND k.person_id = c.person_id AND k.plan = c.plan AND k.version = c.version
    AND k.from_on = c.from_on
),
free AS (
  SELECT
    s.scenario, s.plan, s.version, s.person_id, s.cut_on AS from_on, s.next_on AS to_on, s.team_id, s.fte, s.target_pay, s.yearly
  FROM spans AS s
  WHERE s.cut_on < s.next_on
    AND NOT EXISTS (
      SELECT 1 FROM clashes AS x
      WHERE x.scenario = s.scenario AND x.person_id = s.person_id AND x.plan = s.plan AND x.version = s.version
        AND x.from_on = s.from_on AND x.clash_from_on <= s.cut_on AND s.cut_on < x.clash_to_on
    )
),
transitions AS (
  SELECT DISTINCT scenario, plan, old_scenario, old_plan FROM plan_floors WHERE kind = 'transition'
)
SELECT f.scenario, f.plan, f.version, f.person_id, f.from_on, f.to_on, f.team_id, f.fte, f.target_pay, f.yearly
FROM free AS f
LEFT JOIN transitions AS t ON t.old_scenario = f.scenario AND t.old_plan = f.plan
WHERE t.plan IS NULL
UNION ALL
SELECT
  f.scenario, f.plan, f.version, f.person_id, greatest(f.from_on, n.from_on) AS from_on, least(f.to_on, n.to_on) AS to_on,
  f.team_id, f.fte, f.target_pay, f.yearly
FROM free AS f
JOIN transitions AS t ON t.old_scenario = f.scenario AND t.old_plan = f.plan
JOIN free AS n ON n.scenario = t.scenario AND n.plan = t.plan AND n.person_id = f.person_id
  AND n.from_on < f.to_on AND f.from_on < n.to_on
