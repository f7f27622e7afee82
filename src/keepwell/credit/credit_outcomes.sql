-- one row per person or team, department and kind of customer: how many customers they stood behind that were worth something
-- before, and what became of them: sums, from which effects are estimated. A customer counts once, with all spans in which they
-- stood behind it.
-- key: unit_kind, unit, department, segment, region, tenure, stage
-- gives:
--   unit_kind text       person or team
--   unit text            who
--   department text      in which they worked: with whom they are compared
--   segment text         the customers' segment; '' none
--   region text          their region; '' none
--   tenure text          for how long they had been customers when the first of these spans began
--   stage text           install, adopt or use on that day
--   customers integer!   how many
--   kept integer!        how many of them were never lost in these spans
--   change money!        by how much their value changed in these spans
--   squares exact!       the sum of the squares of these changes, each in thousands
WITH behind AS (
  SELECT
    credit_spans.customer_no, credit_spans.from_on, credit_behind.department,
    people_by_day.person_id, people_by_day.team_id, gains.change, gains.is_gone
  FROM credit_behind
  JOIN credit_spans ON credit_spans.span_no = credit_behind.span_no
  JOIN credit_gains AS gains ON gains.span_no = credit_behind.span_no AND gains.was_customer
  JOIN people_by_day ON people_by_day.person_no = credit_behind.person_no
    AND people_by_day.from_on <= credit_behind.first_on AND credit_behind.first_on < people_by_day.to_on
),
units AS (
  SELECT 'person' AS unit_kind, behind.person_id AS unit, behind.department, behind.customer_no, behind.from_on,
    behind.change, behind.is_gone
  FROM behind
  UNION ALL
  SELECT DISTINCT 'team', behind.team_id, behind.department, behind.customer_no, behind.from_on, behind.change, behind.is_gone
  FROM behind WHERE behind.team_id <> ''
),
customers AS (
  SELECT
    units.unit_kind, units.unit, units.department, units.customer_no, min(units.from_on) AS from_on,
    CAST(round_even(sum(units.change), 2) AS DECIMAL(18, 2)) AS change,
    max(CASE WHEN units.is_gone THEN 1 ELSE 0 END) AS gone
  FROM units
  GROUP BY units.unit_kind, units.unit, units.department, units.customer_no
)
SELECT
  customers.unit_kind, customers.unit, customers.department, lives.segment, lives.region,
  CASE WHEN date_diff('day', lives.purchased_on, customers.from_on) < 365 THEN 'under a year'
       WHEN date_diff('day', lives.purchased_on, customers.from_on) < 730 THEN 'one year' ELSE 'two years or more' END AS tenure,
  CASE WHEN customers.from_on >= lives.uses_from THEN 'use' WHEN customers.from_on >= lives.adopts_from THEN 'adopt'
       ELSE 'install' END AS stage,
  count(*) AS customers,
  CAST(sum(1 - customers.gone) AS BIGINT) AS kept,
  CAST(sum(customers.change) AS DECIMAL(18, 4)) AS change,
  CAST(sum(CAST(customers.change AS DECIMAL(38, 2)) * customers.change) * CAST(0.000001 AS DECIMAL(7, 6)) AS DECIMAL(38, 12))
    AS squares
FROM customers
JOIN customer_lives AS lives ON lives.customer_no = customers.customer_no
GROUP BY customers.unit_kind, customers.unit, customers.department, lives.segment, lives.region,
  CASE WHEN date_diff('day', lives.purchased_on, customers.from_on) < 365 THEN 'under a year'
       WHEN date_diff('day', lives.purchased_on, customers.from_on) < 730 THEN 'one year' ELSE 'two years or more' END,
  CASE WHEN customers.from_on >= lives.uses_from THEN 'use' WHEN customers.from_on >= lives.adopts_from THEN 'adopt'
       ELSE 'install' END
