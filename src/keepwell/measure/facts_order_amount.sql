-- one row per order: its amount, on the day (the company's) on which it was placed.
-- key: measure, fact_id
-- gives:
--   measure text           the amount measure
--   fact_id text           the row that is the fact
--   ref_table text!        its table
--   customer_id text!      '' none
--   contract_id text!      '' none
--   deal_id text!          '' none
--   owner_id text!         '' none
--   on_day date!           the day that decides the period
--   amount money!          in its own currency
--   currency text!         of the amount
--   known_at timestamp!    when we learned it
--   source text            which source wrote the row
--   source_file text       the file or query it came from
--   source_row integer     its row there
WITH placed AS (
  SELECT
    orders.*,
    CASE WHEN orders.ordered_at < local_days.first_at THEN local_days.before_on
         WHEN orders.ordered_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(orders.ordered_at AS DATE)) END AS on_day
  FROM orders
  LEFT JOIN local_days ON local_days.day = CAST(orders.ordered_at AS DATE)
)
SELECT
  'order_amount' AS measure,
  placed.order_id AS fact_id,
  'orders' AS ref_table,
  coalesce(placed.customer_id, '') AS customer_id,
  '' AS contract_id,
  '' AS deal_id,
  coalesce(placed.person_id, '') AS owner_id,
  placed.on_day,
  placed.amount,
  coalesce(placed.currency, run_settings.currency) AS currency,
  placed.known_at,
  placed.source,
  placed.source_file,
  placed.source_row
FROM placed
CROSS JOIN run_settings
WHERE placed.amount IS NOT NULL AND placed.on_day <= run_settings.today
