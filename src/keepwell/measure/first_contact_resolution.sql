-- one row per solved ticket of which it can be told: was it solved for good, neither reopened nor followed by another of the
-- customer on the topic within the window `first_contact` (14 days)?
-- key: seen
-- gives:
--   measure text           first_contact_resolution
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
--   a number!              1: solved for good
--   b number!              1: its weight
--   c number!              1: its weight, squared
SELECT
  'first_contact_resolution' AS measure,
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
  CAST(CASE WHEN cases.first_contact THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(1 AS DECIMAL(18, 6)) AS b,
  CAST(1 AS DECIMAL(18, 6)) AS c
FROM cases
WHERE cases.first_contact IS NOT NULL
