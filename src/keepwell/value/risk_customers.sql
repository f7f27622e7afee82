-- one row per customer under contract: what is known of them that does not change from month to month. Months are
-- year × 12 + month. Models are fitted on 100,000 customers at most, an even choice by number.
-- key: customer_no
-- gives:
--   customer_no integer    the customer
--   customer_id text!      the customer
--   segment text!          '' none
--   industry text!         where the company asks for it (own_covariates); '' not
--   region text!           the same
--   since_on date!         the first purchase
--   since_no integer!      its month
--   left_no integer!       the month of leaving; far ahead: still there
--   is_fitted boolean!     models are fitted on them
--   due_on date            the day on which they were to go live; null: not said
--   live_on date           the day on which they did
--   value_on date          the day of first value
--   knows_value boolean!   first value is recorded in this company
--   is_early_seen boolean! tickets were recorded when they came
--   is_rushed boolean!     their first deal was closed in the last days of a quarter
WITH under_contract AS (
  SELECT valued_contracts.customer_id FROM valued_contracts GROUP BY valued_contracts.customer_id
),
chosen AS (
  SELECT (count(*) + 99999) // 100000 AS every FROM under_contract
),
going_live AS (
  SELECT milestones.customer_id, min(milestones.due_on) AS due_on
  FROM milestones WHERE milestones.kind = 'went_live' GROUP BY milestones.customer_id
),
deals_won AS (
  SELECT
    quarter_end.customer_no,
    quarter_end.a,
    row_number() OVER (PARTITION BY quarter_end.customer_no ORDER BY quarter_end.on_day, quarter_end.seen) AS nth
  FROM quarter_end
  WHERE quarter_end.customer_no > 0
),
own AS (
  SELECT
    coalesce(max(CASE WHEN own_covariates.name = 'industry' THEN 1 END), 0) AS industry,
    coalesce(max(CASE WHEN own_covariates.name = 'region' THEN 1 END), 0) AS region
  FROM own_covariates
),
first_ticket AS (
  SELECT min(cases.on_day) AS on_day FROM cases
)
SELECT
  customer_lives.customer_no,
  customer_lives.customer_id,
  customer_lives.segment,
  CASE WHEN own.industry = 1 THEN coalesce(customers.industry, '') ELSE '' END AS industry,
  CASE WHEN own.region = 1 THEN coalesce(customer_lives.region, '') ELSE '' END AS region,
  customer_lives.purchased_on AS since_on,
  CAST(year(customer_lives.purchased_on) * 12 + month(customer_lives.purchased_on) AS BIGINT) AS since_no,
  CAST(year(customer_lives.left_on) * 12 + month(customer_lives.left_on) AS BIGINT) AS left_no,
  customer_lives.customer_no % chosen.every = 0 AS is_fitted,
  going_live.due_on,
  nullif(customer_lives.live_on, CAST('9999-12-31' AS DATE)) AS live_on,
  first_days.value_on,
  first_days.has_value IS NOT NULL AS knows_value,
  coalesce(first_ticket.on_day <= customer_lives.purchased_on, FALSE) AS is_early_seen,
  coalesce(deals_won.a > 0, FALSE) AS is_rushed
FROM customer_lives
JOIN under_contract ON under_contract.customer_id = customer_lives.customer_id
CROSS JOIN chosen
CROSS JOIN first_ticket
CROSS JOIN own
LEFT JOIN customers ON customers.customer_id = customer_lives.customer_id
LEFT JOIN going_live ON going_live.customer_id = customer_lives.customer_id
LEFT JOIN first_days ON first_days.customer_id = customer_lives.customer_id
LEFT JOIN deals_won ON deals_won.customer_no = customer_lives.customer_no AND deals_won.nth = 1
