-- one row per survey sent: to whom, of what kind, whether and how it was answered, and whom it is about. About nobody
-- said: the assignee of the ticket or the owner of the deal it is about; else those who stand behind the customer.
-- A scale that the source does not state is taken to be 1 to 7 for ces, 1 to 5 for csat and choose_again. Satisfied is who answers
-- at the company's `satisfied_from` of the scale or above; where it states none, at three quarters (4 of 1 to 5), and for ces at
-- 66% (5 of 1 to 7).
-- key: invitation_id
-- gives:
--   invitation_id text     the survey sent
--   kind text!             nps, csat, ces, choose_again, word_of_mouth or other
--   credited text!         person, or coverage: all who stand behind the customer on the day of the answer
--   customer_no integer!   to whom; 0 nobody known
--   person_no integer!     about whom; 0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            the stage it asks about, or else the customer's phase on that day
--   invited_on date        the day it was sent, where that is known
--   answered_on date       the day it was answered; null: not
--   score number           the answer
--   scale_min number       the scale's lower end
--   scale_max number       its upper end
--   is_satisfied integer   1: it is at the company's satisfied point of the scale or above (csat, ces and choose_again); 0 below
WITH sent AS (
  SELECT
    surveys.invitation_id,
    surveys.kind,
    surveys.customer_id,
    coalesce(surveys.about_person_id, tickets.assignee_id, deals.owner_id) AS person_id,
    surveys.stage,
    surveys.score,
    surveys.scale_min,
    surveys.scale_max,
    coalesce(surveys.scale_min, 1) AS lowest,
    coalesce(surveys.scale_max, CASE WHEN surveys.kind = 'ces' THEN 7 ELSE 5 END) AS highest,
    CAST(coalesce(run_settings.satisfied_from, CASE WHEN surveys.kind = 'ces' THEN 0.66 ELSE 0.75 END) AS DECIMAL(9, 6))
      AS satisfied_from,
    surveys.invited_at,
    CASE WHEN surveys.answered_at <= run_settings.as_of AND surveys.score IS NOT NULL
         THEN surveys.answered_at END AS answered_at
  FROM surveys
  CROSS JOIN run_settings
  LEFT JOIN tickets ON tickets.ticket_id = surveys.about
  LEFT JOIN deals ON deals.deal_id = surveys.about
  WHERE coalesce(surveys.invited_at, surveys.answered_at) <= run_settings.as_of
),
dated AS (
  SELECT
    sent.*,
    CASE WHEN sent.invited_at IS NULL THEN NULL
         WHEN sent.invited_at < invited.first_at THEN invited.before_on
         WHEN sent.invited_at < invited.second_at THEN invited.between_on
         ELSE coalesce(invited.after_on, CAST(sent.invited_at AS DATE)) END AS invited_on,
    CASE WHEN sent.answered_at IS NULL THEN NULL
         WHEN sent.answered_at < answered.first_at THEN answered.before_on
         WHEN sent.answered_at < answered.second_at THEN answered.between_on
         ELSE coalesce(answered.after_on, CAST(sent.answered_at AS DATE)) END AS answered_on
  FROM sent
  LEFT JOIN local_days AS invited ON invited.day = CAST(sent.invited_at AS DATE)
  LEFT JOIN local_days AS answered ON answered.day = CAST(sent.answered_at AS DATE)
)
SELECT
  dated.invitation_id,
  dated.kind,
  CASE WHEN dated.person_id IS NULL THEN 'coverage' ELSE 'person' END AS credited,
  coalesce(customer_lives.customer_no, CAST(0 AS BIGINT)) AS customer_no,
  coalesce(people_by_day.person_no, CAST(0 AS BIGINT)) AS person_no,
  coalesce(people_by_day.team_id, '') AS team_id,
  coalesce(people_by_day.department, '') AS department,
  CASE WHEN dated.stage IS NOT NULL THEN dated.stage
       WHEN customer_lives.customer_no IS NULL THEN ''
       WHEN coalesce(dated.answered_on, dated.invited_on) >= customer_lives.left_on THEN 'leave'
       WHEN coalesce(dated.answered_on, dated.invited_on) >= customer_lives.uses_from THEN 'use'
       WHEN coalesce(dated.answered_on, dated.invited_on) >= customer_lives.adopts_from THEN 'adopt'
       WHEN coalesce(dated.answered_on, dated.invited_on) >= customer_lives.purchased_on THEN 'install'
       ELSE 'evaluate' END AS stage,
  dated.invited_on,
  dated.answered_on,
  dated.score,
  dated.scale_min,
  dated.scale_max,
  CASE WHEN dated.answered_on IS NULL OR dated.kind NOT IN ('csat', 'ces', 'choose_again') THEN NULL
       WHEN dated.score - dated.lowest >= dated.satisfied_from * (dated.highest - dated.lowest)
       THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS is_satisfied
FROM dated
LEFT JOIN customer_lives ON customer_lives.customer_id = dated.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = dated.person_id
  AND people_by_day.from_on <= coalesce(dated.answered_on, dated.invited_on)
  AND coalesce(dated.answered_on, dated.invited_on) < people_by_day.to_on
