-- one row per customer, span, cause and who is credited with it: each change of a customer's value, to the cent, with those
-- who stood behind it (the Owen value of an outcome that needed them all). What was gained is cut into equal parts for
-- departments, each of these for its people. A loss is the departments' alone: nobody has negative credit. `nobody` is a row
-- of its own: no work for the customer is recorded in that time; or the value is merely estimated anew, which is no one's work.
-- key: customer_no, from_on, to_on, cause, department, person_id
-- kept: yes
-- gives:
--   customer_no integer  the customer's place in the order of ids, so that the table sorts quickly
--   customer_id text!    the customer
--   from_on date         the span's first day
--   to_on date           the day as of which it ends
--   cause text           won, kept, grown, shrunk, lost or re_estimated
--   department text      the department; nobody
--   person_id text       the person; '' the department's alone, or nobody's
--   share share!         the part of the change
--   amount money!        that part, in the company's currency
WITH sized AS (
  SELECT behind.span_no, behind.department, count(*) AS people
  FROM credit_behind AS behind
  GROUP BY behind.span_no, behind.department
),
placed AS (
  SELECT
    sized.*,
    row_number() OVER (PARTITION BY sized.span_no ORDER BY sized.department) AS place,
    count(*) OVER (PARTITION BY sized.span_no) AS departments
  FROM sized
),
changed AS (
  SELECT
    spans.span_no, spans.customer_no, spans.customer_id, spans.from_on, spans.to_on, changes.cause, changes.amount,
    CASE WHEN changes.amount = round_even(changes.amount, 2) THEN CAST(0.01 AS DECIMAL(5, 4))
         ELSE CAST(0.0001 AS DECIMAL(5, 4)) END AS step,
    CASE WHEN changes.amount = round_even(changes.amount, 2) THEN CAST(floor(abs(changes.amount) * 100) AS BIGINT)
         ELSE CAST(floor(abs(changes.amount) * 10000) AS BIGINT) END AS steps
  FROM equity_changes AS changes
  JOIN credit_spans AS spans ON spans.customer_id = changes.customer_id AND spans.from_on = changes.from_on
    AND spans.to_on = changes.to_on
  WHERE changes.amount <> 0
),
-- rounded away from zero on what was given so far, as core/money.py does
by_department AS (
  SELECT
    c.span_no, c.customer_no, c.customer_id, c.from_on, c.to_on, c.cause, c.step, c.amount < 0 AS is_loss, d.department,
    d.departments, d.people, (c.steps * d.place + d.departments - 1) // d.departments
      - (c.steps * (d.place - 1) + d.departments - 1) // d.departments AS steps
  FROM changed AS c
  JOIN placed AS d ON d.span_no = c.span_no
  WHERE c.cause <> 're_estimated'
),
placed_people AS (
  SELECT
    behind.span_no, behind.department, behind.person_no,
    row_number() OVER (PARTITION BY behind.span_no, behind.department ORDER BY behind.person_no) AS place
  FROM credit_behind AS behind
),
by_person AS (
  SELECT
    d.customer_no, d.customer_id, d.from_on, d.to_on, d.cause, d.step, d.department, people.person_id,
    d.departments * d.people AS parts,
    (d.steps * p.place + d.people - 1) // d.people - (d.steps * (p.place - 1) + d.people - 1) // d.people AS steps
  FROM by_department AS d
  JOIN placed_people AS p ON p.span_no = d.span_no AND p.department = d.department
  JOIN (SELECT DISTINCT people_by_day.person_no, people_by_day.person_id FROM people_by_day) AS people
    ON people.person_no = p.person_no
  WHERE NOT d.is_loss
)
SELECT
  customer_no, customer_id, from_on, to_on, cause, department, person_id,
  CAST(CAST(floor(CAST(1000000000 AS DOUBLE) / parts + 0.5) AS BIGINT) * CAST(0.000000001 AS DECIMAL(10, 9)) AS DECIMAL(18, 9))
    AS share,
  CAST(steps * step AS DECIMAL(18, 4)) AS amount
FROM by_person
UNION ALL
SELECT
  customer_no, customer_id, from_on, to_on, cause, department, '',
  CAST(CAST(floor(CAST(1000000000 AS DOUBLE) / departments + 0.5) AS BIGINT) * CAST(0.000000001 AS DECIMAL(10, 9))
    AS DECIMAL(18, 9)),
  CAST(-steps * step AS DECIMAL(18, 4))
FROM by_department
WHERE is_loss
UNION ALL
SELECT c.customer_no, c.customer_id, c.from_on, c.to_on, c.cause, 'nobody', '', CAST(1 AS DECIMAL(18, 9)), c.amount
FROM changed AS c
LEFT JOIN placed AS d ON d.span_no = c.span_no AND d.place = 1
WHERE d.place IS NULL OR c.cause = 're_estimated'
