-- one row per span and department: how many days its people were in it, and what its people signed and took in orders. Costs
-- of departments that work for the others are shared by these.
-- key: from_on, to_on, department
-- gives:
--   from_on date         the span's first day
--   to_on date           the day as of which it ends
--   department text      the department
--   days integer!        days of its people, added up: its headcount
--   revenue money!       amounts of deals won and of orders in the span, by who owns them, in the company's currency
--   unrated integer!     deals won and orders in a currency without a rate on their day: not in that amount
WITH spans AS (
  SELECT DISTINCT equity_changes.from_on, equity_changes.to_on FROM equity_changes
),
sold AS (
  SELECT
    spans.from_on, spans.to_on, people_by_day.department, CAST(0 AS BIGINT) AS days,
    CASE WHEN facts.currency = run_settings.currency THEN facts.amount
         ELSE CAST(round_even(CAST(facts.amount AS DECIMAL(38, 4)) * rate_spans.rate, 4) AS DECIMAL(18, 4)) END AS revenue
  FROM amount_facts AS facts
  CROSS JOIN run_settings
  JOIN spans ON spans.from_on <= facts.on_day
    AND (facts.on_day < spans.to_on OR (facts.on_day = spans.to_on AND spans.to_on = run_settings.today))
  JOIN people_by_day ON people_by_day.person_id = facts.owner_id AND people_by_day.from_on <= facts.on_day
    AND facts.on_day < people_by_day.to_on
  LEFT JOIN rate_spans ON rate_spans.currency = facts.currency AND rate_spans.from_on <= facts.on_day
    AND (rate_spans.to_on IS NULL OR facts.on_day < rate_spans.to_on)
  WHERE facts.measure IN ('signed_amount', 'order_amount')
),
counted AS (
  SELECT
    spans.from_on, spans.to_on, people_by_day.department,
    date_diff('day', greatest(people_by_day.from_on, spans.from_on), least(people_by_day.to_on, spans.to_on)) AS days,
    CAST(0 AS DECIMAL(18, 4)) AS revenue, CAST(0 AS BIGINT) AS unrated
  FROM people_by_day
  JOIN spans ON people_by_day.from_on < spans.to_on AND spans.from_on < people_by_day.to_on
  WHERE people_by_day.person_no > 0
  UNION ALL
  SELECT sold.from_on, sold.to_on, sold.department, sold.days, sold.revenue, CASE WHEN sold.revenue IS NULL THEN 1 ELSE 0 END
  FROM sold
)
SELECT
  counted.from_on,
  counted.to_on,
  counted.department,
  CAST(sum(counted.days) AS BIGINT) AS days,
  CAST(coalesce(sum(counted.revenue), 0) AS DECIMAL(18, 4)) AS revenue,
  CAST(sum(counted.unrated) AS BIGINT) AS unrated
FROM counted
WHERE counted.department <> ''
GROUP BY counted.from_on, counted.to_on, counted.department
