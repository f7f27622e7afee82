-- one row per ticket that changed hands: did it ever go back to whom it came from?
-- key: seen
-- gives:
--   measure text           ping_pong
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
--   a number!              1: it went back
--   b number!              1: its weight
--   c number!              1: its weight, squared
SELECT
  'ping_pong' AS measure,
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
  CAST(CASE WHEN cases.returns > 0 THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(1 AS DECIMAL(18, 6)) AS b,
  CAST(1 AS DECIMAL(18, 6)) AS c
FROM cases
WHERE cases.handoffs > 0
