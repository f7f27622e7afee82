-- one row per person under a plan that pays on more than their own facts, unit and person whose facts count for them: on
-- which days. Empty where no plan says `of: team` or `of: roll_up` of an amount, or a `spiff`.
-- key: scenario, plan, version, unit, person_id, member_id, from_on, to_on
-- gives:
--   scenario text       actual, or a what-if
--   plan text           the plan
--   version text        its version
--   unit text           team, roll_up, or dated: the person's own facts, of some days only
--   person_id text      who is paid
--   member_id text      whose facts count: the person, too
--   from_on date        the first day
--   to_on date          the first day after
WITH asked AS (
  SELECT DISTINCT scenario, plan, version, finds AS unit FROM plan_credit WHERE finds NOT IN ('own', 'company')
),
paid AS (
  SELECT a.unit, m.*
  FROM asked AS a
  JOIN members AS m ON m.scenario = a.scenario AND m.plan = a.plan AND m.version = a.version
),
found AS (
  SELECT scenario, plan, version, unit, person_id, person_id AS member_id, from_on, to_on FROM paid
  UNION ALL
  SELECT
    m.scenario, m.plan, m.version, m.unit, m.person_id, q.person_id AS member_id, greatest(m.from_on, q.from_on) AS from_on,
    least(m.to_on, coalesce(q.to_on, m.to_on), coalesce(w.left_on, m.to_on)) AS to_on
  FROM paid AS m
  JOIN positions AS q ON q.team_id = m.team_id AND q.person_id <> m.person_id
  JOIN people AS w ON w.person_id = q.person_id
  WHERE m.unit = 'team' AND m.team_id <> ''
  UNION ALL
  SELECT
    m.scenario, m.plan, m.version, m.unit, m.person_id, b.person_id AS member_id, greatest(m.from_on, b.from_on) AS from_on,
    least(m.to_on, b.to_on, coalesce(w.left_on, m.to_on)) AS to_on
  FROM paid AS m
  JOIN people_below AS b ON b.manager_id = m.person_id
  JOIN people AS w ON w.person_id = b.person_id
  WHERE m.unit = 'roll_up'
)
SELECT DISTINCT scenario, plan, version, unit, person_id, member_id, from_on, to_on
FROM found
WHERE from_on < to_on
