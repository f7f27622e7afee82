-- one row per answer about choosing the same again: is it at the satisfied point or above? (invitations.sql says which that is)
-- key: seen
-- gives:
--   measure text           choose_again
--   seen text              the answer
--   credited text!         person, or coverage: all who stand behind the customer on credit_on
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            '' none
--   on_day date!           answered
--   credit_on date!        the day on which those who stand behind the customer are looked up
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              1: satisfied
--   b number!              1: its weight
--   c number!              1: its weight, squared
SELECT
  'choose_again' AS measure,
  invitations.invitation_id AS seen,
  invitations.credited AS credited,
  invitations.customer_no,
  invitations.person_no,
  invitations.team_id,
  invitations.department,
  invitations.stage,
  invitations.answered_on AS on_day,
  invitations.answered_on AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(invitations.is_satisfied AS DECIMAL(18, 6)) AS a,
  CAST(1 AS DECIMAL(18, 6)) AS b,
  CAST(1 AS DECIMAL(18, 6)) AS c
FROM invitations
WHERE invitations.kind = 'choose_again' AND invitations.answered_on IS NOT NULL
