-- one row per person and stretch of days: in which team and department the person was. Days without a position are
-- stretches too, so that each person has exactly one row for each day, from the first to the last.
-- key: person_id, from_on
-- gives:
--   person_no integer    the person's place in the order of ids; 0 for system users: never ranked, never paid
--   person_id text       the person
--   from_on date         the first day of the stretch
--   to_on date           the first day after it
--   team_id text         the team; '' none
--   department text      its department; '' none
WITH numbered AS (
  SELECT
    people.person_id,
    CASE WHEN coalesce(people.is_system, FALSE) THEN 0
         ELSE row_number() OVER (ORDER BY people.person_id NULLS FIRST) END AS person_no
  FROM people
),
-- where two positions overlap, the later one counts from its first day on
held AS (
  SELECT
    positions.person_id,
    positions.from_on,
    least(
      coalesce(positions.to_on, CAST('9999-12-31' AS DATE)),
      coalesce(
        lead(positions.from_on) OVER (PARTITION BY positions.person_id ORDER BY positions.from_on NULLS FIRST),
        CAST('9999-12-31' AS DATE)
      )
    ) AS to_on,
    coalesce(positions.team_id, '') AS team_id,
    coalesce(teams.department, '') AS department
  FROM positions
  LEFT JOIN teams ON teams.team_id = positions.team_id
),
neighbours AS (
  SELECT
    held.*,
    lag(held.to_on) OVER (PARTITION BY held.person_id ORDER BY held.from_on NULLS FIRST) AS before_on,
    lead(held.from_on) OVER (PARTITION BY held.person_id ORDER BY held.from_on NULLS FIRST) AS after_on
  FROM held
),
stretches AS (
  SELECT neighbours.person_id, neighbours.from_on, neighbours.to_on, neighbours.team_id, neighbours.department
  FROM neighbours
  UNION ALL
  SELECT neighbours.person_id, coalesce(neighbours.before_on, CAST('0001-01-01' AS DATE)), neighbours.from_on, '', ''
  FROM neighbours
  WHERE coalesce(neighbours.before_on, CAST('0001-01-01' AS DATE)) < neighbours.from_on
  UNION ALL
  SELECT neighbours.person_id, neighbours.to_on, CAST('9999-12-31' AS DATE), '', ''
  FROM neighbours
  WHERE neighbours.after_on IS NULL AND neighbours.to_on < CAST('9999-12-31' AS DATE)
  UNION ALL
  SELECT numbered.person_id, CAST('0001-01-01' AS DATE), CAST('9999-12-31' AS DATE), '', ''
  FROM numbered
  WHERE NOT EXISTS (SELECT 1 FROM positions WHERE positions.person_id = numbered.person_id)
)
SELECT
  numbered.person_no,
  stretches.person_id,
  stretches.from_on,
  stretches.to_on,
  stretches.team_id,
  stretches.department
FROM stretches
JOIN numbered ON numbered.person_id = stretches.person_id
WHERE stretches.from_on < stretches.to_on
