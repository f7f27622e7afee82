-- one row per person, plan version and span of days: whom a plan claims when, in one position, whether or not they have
-- accepted it
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
--   acceptance boolean   it counts only from the person's acceptance on
WITH spans AS (
    SELECT DISTINCT
        c.scenario, c.plan, c.version, p.person_id,
        greatest(p.from_on, v.from_on) AS from_on,
        least(coalesce(p.to_on, v.to_on), v.to_on, coalesce(w.left_on, v.to_on)) AS to_on,
        coalesce(p.team_id, '') AS team_id,
        round_even(coalesce(p.fte, CAST(1 AS DECIMAL(18, 9))), 4) AS fte,
        coalesce(v.target_pay, CASE WHEN coalesce(p.currency, v.currency) = v.currency THEN p.target_pay END)
            AS target_pay,
        v.target_pay IS NULL AS yearly, v.acceptance
    FROM plan_claims AS c
    JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
    JOIN positions AS p ON (c.role = '' OR p.role = c.role)
        AND (c.segment = '' OR p.segment = c.segment)
        AND (c.region = '' OR p.region = c.region)
    JOIN people AS w ON w.person_id = p.person_id
    LEFT JOIN teams AS t ON t.team_id = p.team_id
    WHERE coalesce(w.is_system, false) = false
        AND (c.team = '' OR t.team_id = c.team OR t.name = c.team OR t.team_id LIKE concat('%:', c.team))
        AND (c.department = '' OR t.department = c.department)
        AND (c.person = '' OR p.person_id = c.person OR p.person_id LIKE concat('%:', c.person))
)
SELECT
    scenario, plan, version, person_id, from_on, to_on, team_id, CAST(fte AS DECIMAL(18, 9)) AS fte, target_pay, yearly,
    acceptance
FROM spans
WHERE from_on < to_on
