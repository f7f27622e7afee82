-- one row per person under a plan with a ramp, kind of ramp and step of it: on which days of their time in the role what
-- share holds. Empty where no plan has a ramp.
-- key: scenario, kind, person_id, plan, version, from_on
-- gives:
--   scenario text       actual, or a what-if
--   kind text           quota or guarantee
--   person_id text      the person
--   plan text           the plan
--   version text        its version
--   from_on date        the first day
--   to_on date          the first day after
--   started_on date     the first day of their unbroken time in the role
--   share share         what holds then
WITH asked AS (
  SELECT
    m.scenario, m.plan, m.version, m.person_id, m.from_on, m.to_on, p.started_on,
    row_number() OVER (PARTITION BY m.scenario, m.plan, m.version, m.person_id, m.from_on
      ORDER BY p.from_on DESC, p.role) AS place
  FROM (SELECT DISTINCT scenario, plan, version FROM plan_ramps) AS r
  JOIN members AS m ON m.scenario = r.scenario AND m.plan = r.plan AND m.version = r.version
  JOIN role_starts AS p ON p.person_id = m.person_id AND p.from_on <= m.from_on
    AND (p.to_on IS NULL OR m.from_on < p.to_on)
  JOIN plan_claims AS k ON k.scenario = m.scenario AND k.plan = m.plan AND k.version = m.version AND k.role IN ('', p.role)
),
months AS (
  SELECT
    a.*, r.kind, r.share,
    year(a.started_on) * 12 + month(a.started_on) - 1 + r.from_month AS first_month,
    year(a.started_on) * 12 + month(a.started_on) - 1 + r.to_month AS last_month,
    day(a.started_on) - 1 AS more_days
  FROM asked AS a
  JOIN plan_ramps AS r ON r.scenario = a.scenario AND r.plan = a.plan AND r.version = a.version
  WHERE a.place = 1
),
firsts AS (
  SELECT
    months.*,
    make_date(CAST(first_month // 12 AS INTEGER), CAST(first_month % 12 + 1 AS INTEGER), 1) AS first_of,
    make_date(CAST((first_month + 1) // 12 AS INTEGER), CAST((first_month + 1) % 12 + 1 AS INTEGER), 1) AS after_first,
    make_date(CAST(last_month // 12 AS INTEGER), CAST(last_month % 12 + 1 AS INTEGER), 1) AS last_of,
    make_date(CAST((last_month + 1) // 12 AS INTEGER), CAST((last_month + 1) % 12 + 1 AS INTEGER), 1) AS after_last
  FROM months
),
spans AS (
  SELECT
    firsts.*,
    greatest(from_on, least(first_of + CAST(more_days AS INTEGER), after_first + CAST(-1 AS INTEGER))) AS begins_on,
    CASE WHEN last_month IS NULL THEN to_on
      ELSE least(to_on, last_of + CAST(more_days AS INTEGER), after_last + CAST(-1 AS INTEGER)) END AS ends_on
  FROM firsts
)
SELECT scenario, kind, person_id, plan, version, begins_on AS from_on, ends_on AS to_on, started_on, share
FROM spans
WHERE begins_on < ends_on
