-- one row per customer whose first 90 days are over: are they live, with first value, no broken promise and no severe
-- ticket unsolved? Credited to those who stand behind the customer at their end.
-- key: seen
-- gives:
--   measure text           first_90_days
--   seen text              the customer
--   credited text!         coverage
--   customer_no integer!   the customer's number
--   person_no integer!     0
--   team_id text!          ''
--   department text!       ''
--   stage text!            adopt
--   on_day date!           the purchase
--   credit_on date!        the last of the days
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              1: all of it well
--   b number!              1: its weight
--   c number!              1: its weight, squared
SELECT
  'first_90_days' AS measure,
  first_days.customer_id AS seen,
  'coverage' AS credited,
  customer_lives.customer_no,
  CAST(0 AS BIGINT) AS person_no,
  '' AS team_id,
  '' AS department,
  'adopt' AS stage,
  first_days.from_on AS on_day,
  first_days.to_on - 1 AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(CASE WHEN first_days.is_good THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(1 AS DECIMAL(18, 6)) AS b,
  CAST(1 AS DECIMAL(18, 6)) AS c
FROM first_days
JOIN customer_lives ON customer_lives.customer_id = first_days.customer_id
WHERE first_days.is_over
