-- one row per customer who bought and whose way to value is recorded (milestones): days from the purchase to the first
-- value, or to going live where first value is recorded of nobody. Of who is still on the way it is known that it takes
-- longer; who left before can have no value any more. Credited to those who stood behind the customer when it came.
-- key: seen
-- gives:
--   measure text           time_to_value
--   seen text              the customer
--   credited text!         coverage
--   customer_no integer!   the customer's number
--   person_no integer!     0
--   team_id text!          ''
--   department text!       ''
--   stage text!            adopt
--   on_day date!           the purchase
--   credit_on date!        the day of the value, of leaving, or the run's
--   duration integer!      days
--   outcome integer!       1 value, 0 still on the way, 2 left before
--   n integer!             1
--   a number!              0
--   b number!              0
--   c number!              0
WITH knows AS (
  SELECT count(first_days.value_on) > 0 AS first_value FROM first_days
),
recorded AS (
  SELECT DISTINCT milestones.customer_id FROM milestones
),
ways AS (
  SELECT
    customer_lives.customer_no,
    first_days.customer_id,
    first_days.from_on,
    CASE WHEN knows.first_value THEN first_days.value_on ELSE first_days.live_on END AS value_on,
    least(customer_lives.left_on, run_settings.today) AS end_on,
    customer_lives.left_on <= run_settings.today AS has_left
  FROM first_days
  CROSS JOIN knows
  CROSS JOIN run_settings
  JOIN customer_lives ON customer_lives.customer_id = first_days.customer_id
  JOIN recorded ON recorded.customer_id = first_days.customer_id
)
SELECT
  'time_to_value' AS measure,
  ways.customer_id AS seen,
  'coverage' AS credited,
  ways.customer_no,
  CAST(0 AS BIGINT) AS person_no,
  '' AS team_id,
  '' AS department,
  'adopt' AS stage,
  ways.from_on AS on_day,
  CASE WHEN ways.value_on <= ways.end_on THEN ways.value_on ELSE ways.end_on END AS credit_on,
  greatest(
    date_diff('day', ways.from_on, CASE WHEN ways.value_on <= ways.end_on THEN ways.value_on ELSE ways.end_on END),
    CAST(0 AS BIGINT)
  ) AS duration,
  CASE WHEN ways.value_on <= ways.end_on THEN CAST(1 AS BIGINT)
       WHEN ways.has_left THEN CAST(2 AS BIGINT)
       ELSE CAST(0 AS BIGINT) END AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(0 AS DECIMAL(18, 6)) AS a,
  CAST(0 AS DECIMAL(18, 6)) AS b,
  CAST(0 AS DECIMAL(18, 6)) AS c
FROM ways
