-- one row per customer, span and person who stood behind the customer then, as in `credit_behind`: how much their days weigh if a
-- day counts half as much for each seven that it lies before the end (see time_decay.py). A day counts once, however often
-- somebody was there.
-- key: span_no, department, person_no
-- gives:
--   span_no integer      the customer and span, as in credit_spans
--   department text      in which the person worked; other: none is known
--   person_no integer    the person's place in the order of ids
--   days integer!        on how many days they did something
--   last_on date!        the last of them
--   weight integer!      of their days, in billionths of a day at the end
WITH days AS (
  SELECT
    credit_spans.span_no,
    CASE WHEN events.department = '' THEN 'other' ELSE events.department END AS department,
    people.person_no, events.on_day,
    date_diff('day', events.on_day, credit_spans.before_on) - 1 AS days_before
  FROM events
  JOIN credit_spans ON credit_spans.customer_no = events.customer_no
    AND credit_spans.since_on <= events.on_day AND events.on_day < credit_spans.before_on
  JOIN (SELECT DISTINCT people_by_day.person_no, people_by_day.person_id FROM people_by_day) AS people
    ON people.person_id = events.person_id
  WHERE people.person_no > 0
    AND (events.ref_table IN ('touches', 'orders', 'milestones', 'ticket_steps')
      OR events.kind IN ('deal_opened', 'deal_won', 'promise_kept', 'first_reply', 'ticket_solved'))
  GROUP BY credit_spans.span_no, CASE WHEN events.department = '' THEN 'other' ELSE events.department END, people.person_no, events.on_day,
    credit_spans.before_on
)
SELECT
  days.span_no, days.department, days.person_no,
  count(*) AS days,
  max(days.on_day) AS last_on,
  CAST(sum(coalesce(decay_weights.weight, 1)) AS BIGINT) AS weight
FROM days
LEFT JOIN decay_weights ON decay_weights.days_before = days.days_before
GROUP BY days.span_no, days.department, days.person_no
