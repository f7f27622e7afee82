-- one row per position: since when the person is in its role without a break
-- key: person_id, from_on, role
-- gives:
--   person_id text      the person
--   from_on date        the position's first day
--   role text           its role
--   to_on date          its first day after; null still
--   started_on date     the first day of the unbroken time in the role
WITH joined AS (
  SELECT
    person_id, from_on, role, to_on,
    -- an earlier position may go on beside a later one, and without an end it does
    max(coalesce(to_on, make_date(9999, 12, 31))) OVER (PARTITION BY person_id, role ORDER BY from_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_to_on
  FROM positions
)
SELECT
  person_id, from_on, role, to_on,
  max(CASE WHEN before_to_on IS NULL OR before_to_on < from_on THEN from_on END) OVER (PARTITION BY person_id, role
    ORDER BY from_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS started_on
FROM joined
