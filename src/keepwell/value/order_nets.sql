-- one row per customer and day with orders: what was bought that day less what was returned, and the purchase that it
-- counts for. Orders of one day are one purchase; a day on which more was returned than bought is taken off the last
-- purchase before it.
-- key: customer_id, on_day
-- gives:
--   customer_id text   the customer
--   on_day date        the day
--   amount money!      of the day; negative: more returned than bought
--   bought_on date     the day of the purchase that it counts for; null: returned, and nothing was bought before
WITH daily AS (
  SELECT valued_orders.customer_id, valued_orders.on_day, CAST(sum(valued_orders.amount) AS DECIMAL(18, 4)) AS amount
  FROM valued_orders
  WHERE valued_orders.reason = ''
  GROUP BY valued_orders.customer_id, valued_orders.on_day
)
SELECT
  daily.customer_id,
  daily.on_day,
  daily.amount,
  max(CASE WHEN daily.amount > 0 THEN daily.on_day END) OVER (
    PARTITION BY daily.customer_id ORDER BY daily.on_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS bought_on
FROM daily
