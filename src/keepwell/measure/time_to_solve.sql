-- one row per ticket: minutes from opening to the solution; of a ticket that is still open it is known that it takes longer.
-- key: seen
-- gives:
--   measure text           time_to_solve
--   seen text              the ticket
--   credited text!         person
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            '' none
--   on_day date!           opened
--   credit_on date!        the day on which those who stand behind the customer are looked up
--   duration integer!      minutes, up to now where it is open
--   outcome integer!       1 solved, 0 still open
--   n integer!             1
--   a number!              0
--   b number!              0
--   c number!              0
SELECT
  'time_to_solve' AS measure,
  cases.ticket_id AS seen,
  'person' AS credited,
  cases.customer_no,
  cases.person_no,
  cases.team_id,
  cases.department,
  'support' AS stage,
  cases.on_day,
  cases.on_day AS credit_on,
  cases.solve_minutes AS duration,
  cases.solve_outcome AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(0 AS DECIMAL(18, 6)) AS a,
  CAST(0 AS DECIMAL(18, 6)) AS b,
  CAST(0 AS DECIMAL(18, 6)) AS c
FROM cases
