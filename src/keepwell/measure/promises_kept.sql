-- one row per promise whose time has come, written down or derived: was it kept in time? Credited to who made it.
-- key: seen
-- gives:
--   measure text           promises_kept
--   seen text              the promise: its table and id
--   credited text!         person
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            the stage it belongs to
--   on_day date!           due, or else done, or else made
--   credit_on date!        the same
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              its weight, where it was kept in time
--   b number!              its weight
--   c number!              its weight, squared
WITH due AS (
  SELECT
    promise_ledger.*,
    coalesce(promise_ledger.due_on, promise_ledger.done_on, promise_ledger.made_on) AS on_day
  FROM promise_ledger
  WHERE promise_ledger.status IN ('kept', 'late', 'broken')
)
SELECT
  'promises_kept' AS measure,
  due.ref_table || ':' || due.ref_id AS seen,
  'person' AS credited,
  coalesce(customer_lives.customer_no, CAST(0 AS BIGINT)) AS customer_no,
  coalesce(people_by_day.person_no, CAST(0 AS BIGINT)) AS person_no,
  due.team_id,
  due.department,
  due.stage,
  due.on_day,
  due.on_day AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(CASE WHEN due.status = 'kept' THEN due.weight ELSE 0 END AS DECIMAL(18, 6)) AS a,
  due.weight AS b,
  CAST(CAST(due.weight AS DECIMAL(38, 6)) * due.weight AS DECIMAL(18, 6)) AS c
FROM due
CROSS JOIN run_settings
LEFT JOIN customer_lives ON customer_lives.customer_id = due.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = due.person_id
  AND people_by_day.from_on <= due.on_day AND due.on_day < people_by_day.to_on
WHERE due.on_day <= run_settings.today
