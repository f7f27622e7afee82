-- one row per ticket that was solved: did it come back?
-- key: seen
-- gives:
--   measure text           reopen_rate
--   seen text              the ticket
--   credited text!         person
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            '' none
--   on_day date!           opened
--   credit_on date!        the day on which those who stand behind the customer are looked up
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              1: reopened
--   b number!              1: its weight
--   c number!              1: its weight, squared
SELECT
  'reopen_rate' AS measure,
  cases.ticket_id AS seen,
  'person' AS credited,
  cases.customer_no,
  cases.person_no,
  cases.team_id,
  cases.department,
  'support' AS stage,
  cases.on_day,
  cases.on_day AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(CASE WHEN cases.reopened THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(1 AS DECIMAL(18, 6)) AS b,
  CAST(1 AS DECIMAL(18, 6)) AS c
FROM cases
WHERE cases.solve_outcome = 1 OR cases.reopened
