-- one row per customer asked for a recommendation, answered or not: what is needed to bound the NPS of all who were asked.
-- key: seen
-- gives:
--   measure text           nps_bounds
--   seen text              the survey sent
--   credited text!         person, or coverage: all who stand behind the customer on credit_on
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            '' none
--   on_day date!           asked
--   credit_on date!        the day on which those who stand behind the customer are looked up
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              1: a promoter
--   b number!              1: a detractor
--   c number!              1: answered
SELECT
  'nps_bounds' AS measure,
  invitations.invitation_id AS seen,
  invitations.credited AS credited,
  invitations.customer_no,
  invitations.person_no,
  invitations.team_id,
  invitations.department,
  invitations.stage,
  invitations.invited_on AS on_day,
  invitations.invited_on AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(CASE WHEN invitations.answered_on IS NOT NULL AND invitations.score >= 9 THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS a,
  CAST(CASE WHEN invitations.answered_on IS NOT NULL AND invitations.score < 7 THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS b,
  CAST(CASE WHEN invitations.answered_on IS NOT NULL THEN 1 ELSE 0 END AS DECIMAL(18, 6)) AS c
FROM invitations
WHERE invitations.kind = 'nps' AND invitations.invited_on IS NOT NULL
  AND coalesce(invitations.scale_max, 10) = 10 AND coalesce(invitations.scale_min, 0) = 0
