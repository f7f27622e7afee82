-- one row per customer and phase they have been in (evaluating, installing, adopting, using): from when to when, by
-- the run's day. Evaluating is counted from the first opportunity; who never bought evaluates as long as one is open.
-- key: customer_no, stage
-- gives:
--   customer_no integer   the customer's number
--   customer_id text!     the customer
--   stage text            evaluate, install, adopt or use
--   from_on date!         the first day
--   to_on date!           the first day after; the day after the run's day where it lasts
WITH opened AS (
  SELECT
    deals.customer_id,
    min(deals.opened_on) AS opened_on,
    max(CASE WHEN deals.outcome = 'open' THEN CAST('9999-12-31' AS DATE) ELSE deals.closed_on END) AS closed_on
  FROM deals
  GROUP BY deals.customer_id
),
ends AS (
  SELECT
    customer_lives.*,
    opened.opened_on,
    CASE WHEN customer_lives.purchased_on < CAST('9999-12-31' AS DATE) THEN customer_lives.purchased_on
         ELSE opened.closed_on END AS evaluates_to,
    least(run_settings.today + 1, customer_lives.left_on) AS end_on
  FROM customer_lives
  CROSS JOIN run_settings
  LEFT JOIN opened ON opened.customer_id = customer_lives.customer_id
),
phases AS (
  SELECT ends.customer_no, ends.customer_id, 'evaluate' AS stage, ends.opened_on AS from_on, ends.evaluates_to AS to_on,
    ends.end_on
  FROM ends WHERE ends.opened_on IS NOT NULL
  UNION ALL
  SELECT ends.customer_no, ends.customer_id, 'install', ends.purchased_on, ends.adopts_from, ends.end_on FROM ends
  UNION ALL
  SELECT ends.customer_no, ends.customer_id, 'adopt', ends.adopts_from, ends.uses_from, ends.end_on FROM ends
  UNION ALL
  SELECT ends.customer_no, ends.customer_id, 'use', ends.uses_from, ends.left_on, ends.end_on FROM ends
)
SELECT
  phases.customer_no,
  phases.customer_id,
  phases.stage,
  phases.from_on,
  least(phases.to_on, phases.end_on) AS to_on
FROM phases
WHERE phases.from_on < least(phases.to_on, phases.end_on)
