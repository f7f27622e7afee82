-- one row per answer to the recommendation question, from 0 to 10: promoters give 9 or 10, detractors 6 or less.
-- key: seen
-- gives:
--   measure text           nps
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
--   a number!              1: a promoter
--   b number!              1: a detractor
--   c number!              0
SELECT
  'nps' AS measure,
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
  CAST(CASE WHEN invitations.score >= 9 THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(CASE WHEN invitations.score < 7 THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS b,
  CAST(0 AS DECIMAL(18, 6)) AS c
FROM invitations
WHERE invitations.kind = 'nps' AND invitations.answered_on IS NOT NULL
  AND coalesce(invitations.scale_max, 10) = 10 AND coalesce(invitations.scale_min, 0) = 0
