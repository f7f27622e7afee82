-- one row per stretch of days of a customer in one state: for measures that compare two days (retention) or count days
-- (ownership). `part` whole is the customer's own state; person repeats it for each who stood behind the customer then;
-- owned is the days on which anybody did.
-- key: measure, part, customer_no, stage, person_id, team_id, from_on
-- kept: yes
-- gives:
--   measure text          retention or ownership
--   part text             whole, person or owned
--   customer_no integer   the customer's place in the order of ids
--   customer_id text!     the customer
--   segment text!         '' none
--   region text!          '' none
--   stage text            ownership: the phase; '' none
--   person_id text        '' none
--   team_id text          '' none
--   department text!      '' none
--   from_on date          the first day
--   to_on date!           the first day after
--   value money!          retention: yearly value, in the company's currency
WITH behind AS (
  SELECT DISTINCT
    customer_lives.customer_no,
    people_by_day.person_id,
    people_by_day.team_id,
    people_by_day.department,
    greatest(coverage.from_on, people_by_day.from_on) AS from_on,
    least(coalesce(coverage.to_on, CAST('9999-12-31' AS DATE)), people_by_day.to_on) AS to_on
  FROM coverage
  JOIN customer_lives ON customer_lives.customer_id = coverage.customer_id
  JOIN people_by_day
    ON people_by_day.person_id = coverage.person_id
    AND people_by_day.from_on < coalesce(coverage.to_on, CAST('9999-12-31' AS DATE))
    AND coverage.from_on < people_by_day.to_on
  WHERE people_by_day.person_no > 0
),
-- one person in two roles for a customer counts once
stints AS (
  SELECT behind.customer_no, behind.person_id, behind.team_id, behind.department, behind.from_on, max(behind.to_on) AS to_on
  FROM behind
  WHERE behind.from_on < behind.to_on
  GROUP BY behind.customer_no, behind.person_id, behind.team_id, behind.department, behind.from_on
),
states AS (
  SELECT 'retention' AS measure, 'whole' AS part, value_spans.customer_no, '' AS stage, '' AS person_id, '' AS team_id,
    '' AS department, value_spans.from_on, value_spans.to_on, value_spans.value
  FROM value_spans
  UNION ALL
  SELECT 'retention', 'person', value_spans.customer_no, '', stints.person_id, stints.team_id, stints.department,
    greatest(value_spans.from_on, stints.from_on), max(least(value_spans.to_on, stints.to_on)), max(value_spans.value)
  FROM value_spans
  JOIN stints
    ON stints.customer_no = value_spans.customer_no
    AND stints.from_on < value_spans.to_on AND value_spans.from_on < stints.to_on
  GROUP BY value_spans.customer_no, stints.person_id, stints.team_id, stints.department,
    greatest(value_spans.from_on, stints.from_on)
  UNION ALL
  SELECT 'ownership', 'whole', phase_days.customer_no, phase_days.stage, '', '', '', phase_days.from_on, phase_days.to_on,
    CAST(0 AS DECIMAL(18, 4))
  FROM phase_days
  UNION ALL
  SELECT 'ownership', 'owned', phase_days.customer_no, phase_days.stage, '', '', '',
    greatest(phase_days.from_on, owned_days.from_on), least(phase_days.to_on, owned_days.to_on),
    CAST(0 AS DECIMAL(18, 4))
  FROM phase_days
  JOIN owned_days
    ON owned_days.customer_id = phase_days.customer_id
    AND owned_days.from_on < phase_days.to_on AND phase_days.from_on < owned_days.to_on
)
SELECT
  states.measure,
  states.part,
  states.customer_no,
  customer_lives.customer_id,
  customer_lives.segment,
  customer_lives.region,
  states.stage,
  states.person_id,
  states.team_id,
  states.department,
  states.from_on,
  states.to_on,
  states.value
FROM states
JOIN customer_lives ON customer_lives.customer_no = states.customer_no
