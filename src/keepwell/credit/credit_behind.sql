-- one row per customer, span and person who stood behind the customer then, in each department that they were in. Once,
-- however often: a call that is logged as five gives no more. Bots and queues are nobody. What counts is work that was done:
-- touches, deals opened and won, orders taken, milestones reached, promises kept, replies, solutions and steps of cases. To be
-- named for a customer, to send a survey or to make a promise is no work yet.
-- key: span_no, department, person_no
-- gives:
--   span_no integer      the customer and span, as in credit_spans
--   department text      in which the person worked; other: none is known
--   person_no integer    the person's place in the order of ids
--   first_on date!       the first day on which they did something that counts
SELECT
  credit_spans.span_no,
  CASE WHEN events.department = '' THEN 'other' ELSE events.department END AS department,
  people.person_no,
  min(events.on_day) AS first_on
FROM events
JOIN credit_spans ON credit_spans.customer_no = events.customer_no
  AND credit_spans.since_on <= events.on_day AND events.on_day < credit_spans.before_on
JOIN (SELECT DISTINCT people_by_day.person_no, people_by_day.person_id FROM people_by_day) AS people
  ON people.person_id = events.person_id
WHERE people.person_no > 0
  AND (events.ref_table IN ('touches', 'orders', 'milestones', 'ticket_steps')
    OR events.kind IN ('deal_opened', 'deal_won', 'promise_kept', 'first_reply', 'ticket_solved'))
GROUP BY credit_spans.span_no, CASE WHEN events.department = '' THEN 'other' ELSE events.department END, people.person_no
