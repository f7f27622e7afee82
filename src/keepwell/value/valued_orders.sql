-- one row per order: its day and amount in the company's currency and time zone, at the rate of
-- that day; or why it is no part of a customer's value.
-- key: order_id
-- gives:
--   order_id text      the order
--   customer_id text!  '' nobody known
--   on_day date!       the day on which it was placed
--   amount money       in the company's currency; null: it does not count
--   given money        as the record has it
--   currency text!     of that
--   reason text!       why it does not count; '' it does
WITH placed AS (
  SELECT
    orders.order_id,
    coalesce(orders.customer_id, '') AS customer_id,
    orders.amount,
    coalesce(orders.currency, run_settings.currency) AS currency,
    run_settings.currency AS own,
    run_settings.today,
    value_settings.orders_from,
    CASE WHEN orders.ordered_at < local_days.first_at THEN local_days.before_on
         WHEN orders.ordered_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(orders.ordered_at AS DATE)) END AS on_day
  FROM orders
  CROSS JOIN run_settings
  CROSS JOIN value_settings
  LEFT JOIN local_days ON local_days.day = CAST(orders.ordered_at AS DATE)
  WHERE orders.ordered_at IS NOT NULL
),
judged AS (
  SELECT
    placed.order_id, placed.customer_id, placed.on_day, placed.amount, placed.currency,
    CASE WHEN placed.currency = placed.own THEN CAST(1 AS DECIMAL(18, 9)) ELSE rate_spans.rate END AS rate,
    CASE WHEN placed.customer_id = '' THEN 'no customer'
         WHEN placed.on_day > placed.today THEN 'dated ahead'
         WHEN placed.amount IS NULL THEN 'no amount'
         WHEN placed.amount = 0 THEN 'amount 0'
         WHEN placed.on_day < placed.orders_from THEN 'before orders_from'
         WHEN placed.currency <> placed.own AND rate_spans.rate IS NULL THEN 'no exchange rate'
         ELSE '' END AS reason
  FROM placed
  LEFT JOIN rate_spans ON rate_spans.currency = placed.currency AND rate_spans.from_on <= placed.on_day
    AND (rate_spans.to_on IS NULL OR placed.on_day < rate_spans.to_on)
)
SELECT
  judged.order_id, judged.customer_id, judged.on_day,
  CASE WHEN judged.reason = ''
       THEN CAST(round_even(CAST(judged.amount AS DECIMAL(38, 4)) * judged.rate, 4) AS DECIMAL(18, 4)) END AS amount,
  judged.amount AS given,
  judged.currency,
  judged.reason
FROM judged
