-- one row per person, plan version and span of days: whom a plan claims when, in one position. A plan that must be accepted
-- claims nobody before they have; until then the version before it goes on, where its own days allow.
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
WITH accepted AS (
  SELECT
    c.scenario, c.plan, c.version, c.person_id, greatest(c.from_on, coalesce(a.accepted_on, c.from_on)) AS from_on, c.to_on,
    c.team_id, c.fte, c.target_pay, c.yearly, c.acceptance
  FROM claims AS c
  LEFT JOIN acceptances AS a ON c.acceptance AND a.person_id = c.person_id AND a.plan = c.plan AND a.version = c.version
  WHERE NOT c.acceptance OR a.accepted_on < c.to_on
),
followed AS (
  SELECT s.scenario, s.plan, s.version, s.person_id, s.from_on, min(o.from_on) AS next_on
  FROM accepted AS s
  JOIN accepted AS o ON o.acceptance AND o.scenario = s.scenario AND o.plan = s.plan AND o.person_id = s.person_id
    AND o.version > s.version AND o.from_on < s.to_on
  GROUP BY s.scenario, s.plan, s.version, s.person_id, s.from_on
)
SELECT
  s.scenario, s.plan, s.version, s.person_id, s.from_on, coalesce(f.next_on, s.to_on) AS to_on, s.team_id, s.fte,
  s.target_pay, s.yearly
FROM accepted AS s
LEFT JOIN followed AS f ON f.scenario = s.scenario AND f.plan = s.plan AND f.version = s.version
  AND f.person_id = s.person_id AND f.from_on = s.from_on
WHERE f.next_on IS NULL OR s.from_on < f.next_on
