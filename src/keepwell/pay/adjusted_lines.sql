-- one row per adjustment that is not settled yet: an amount that somebody decided, beside all plans
-- key: line_key
-- gives:
--   line_key text        names the adjustment's movement
--   person_id text       who is paid more, or less
--   period integer       first month of the settlement period in which it is booked: its own, or the first open one
--   belongs_to integer   first month of the settlement period for which it was decided
--   fact_id text         the adjustment
--   on_day date          the day for which it is given
--   currency text        of the amount
--   amount money         below zero: paid less
--   known_at timestamp   when it was decided
WITH closed AS (
  SELECT coalesce(max(period), -1) AS last_closed FROM settled_periods
),
keyed AS (
  SELECT a.*, md5(concat_ws('|', 'adjusted', a.adjustment_id)) AS line_key FROM adjustments AS a
)
SELECT
  k.line_key, k.person_id,
  CAST(CASE WHEN k.belongs_to > c.last_closed THEN k.belongs_to ELSE c.last_closed + r.closes_months END AS BIGINT) AS period,
  k.belongs_to, k.adjustment_id AS fact_id, k.on_day, k.currency, k.amount, k.known_at
FROM keyed AS k
CROSS JOIN closed AS c
CROSS JOIN run_settings AS r
LEFT JOIN settled_lines AS s ON s.line_key = k.line_key
WHERE s.line_key IS NULL
