-- one row per person, plan and closed settlement period that was settled under another version of the plan than it now has:
-- the plan was amended in arrears
-- key: person_id, plan, belongs_to
-- gives:
--   person_id text       who is paid
--   plan text            the plan
--   belongs_to integer   first month of the settlement period
WITH settled AS (
  SELECT person_id, plan, version, belongs_to, line_key, sum(amount) AS amount
  FROM settled_lines
  WHERE scenario = 'actual' AND part <> ''
  GROUP BY person_id, plan, version, belongs_to, line_key
),
changed AS (
  SELECT DISTINCT s.person_id, s.plan, s.version, s.belongs_to
  FROM settled AS s
  LEFT JOIN movements AS m ON m.line_key = s.line_key
  WHERE m.line_key IS NULL OR m.amount <> s.amount
)
SELECT DISTINCT c.person_id, c.plan, c.belongs_to
FROM changed AS c
JOIN movements AS m ON m.scenario = 'actual' AND m.person_id = c.person_id AND m.plan = c.plan
  AND m.belongs_to = c.belongs_to AND m.version <> c.version
LEFT JOIN settled AS s ON s.person_id = m.person_id AND s.plan = m.plan AND s.belongs_to = m.belongs_to
  AND s.version = m.version
WHERE s.version IS NULL
