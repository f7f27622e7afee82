-- one row per span, department and the one that came in next: how often customers' ways went so. A way is the departments that
-- worked for a customer in the order in which they came in; it is lost where the customer left or shrank in the span.
-- key: from_on, to_on, source, target
-- gives:
--   from_on date     the span's first day
--   to_on date       the day as of which it ends
--   source text      the department; (start)
--   target text      the next one; (won) or (lost)
--   ways integer!    how many ways
WITH came AS (
  SELECT behind.span_no, behind.department, min(behind.first_on) AS first_on
  FROM credit_behind AS behind
  GROUP BY behind.span_no, behind.department
),
beside AS (
  SELECT
    spans.from_on, spans.to_on, came.department,
    lag(came.department) OVER (PARTITION BY came.span_no ORDER BY came.first_on, came.department) AS earlier,
    lead(came.department) OVER (PARTITION BY came.span_no ORDER BY came.first_on, came.department) AS later,
    CASE WHEN gains.is_lost THEN '(lost)' ELSE '(won)' END AS outcome
  FROM came
  JOIN credit_gains AS gains ON gains.span_no = came.span_no
  JOIN credit_spans AS spans ON spans.span_no = came.span_no
),
taken AS (
  SELECT from_on, to_on, department AS source, coalesce(later, outcome) AS target FROM beside
  UNION ALL
  SELECT from_on, to_on, '(start)', department FROM beside WHERE earlier IS NULL
)
SELECT taken.from_on, taken.to_on, taken.source, taken.target, count(*) AS ways
FROM taken
GROUP BY taken.from_on, taken.to_on, taken.source, taken.target
