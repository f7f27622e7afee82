-- one row per ticket: minutes from opening to the first reply; one without a reply took longer than it has lasted. None at all
-- where the source knows no first replies.
-- key: seen
-- gives:
--   measure text           time_to_reply
--   seen text              the ticket
--   credited text!         person
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            '' none
--   on_day date!           opened
--   credit_on date!        the day on which those who stand behind the customer are looked up
--   duration integer!      minutes, up to the end or now where there was none
--   outcome integer!       1 replied, 0 not
--   n integer!             1
--   a number!              0
--   b number!              0
--   c number!              0
WITH replied AS (
  SELECT sum(cases.reply_outcome) AS replies FROM cases
)
SELECT
  'time_to_reply' AS measure,
  cases.ticket_id AS seen,
  'person' AS credited,
  cases.customer_no,
  cases.person_no,
  cases.team_id,
  cases.department,
  'support' AS stage,
  cases.on_day,
  cases.on_day AS credit_on,
  cases.reply_minutes AS duration,
  cases.reply_outcome AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(0 AS DECIMAL(18, 6)) AS a,
  CAST(0 AS DECIMAL(18, 6)) AS b,
  CAST(0 AS DECIMAL(18, 6)) AS c
FROM cases
CROSS JOIN replied
WHERE replied.replies > 0
