-- one row per customer and day on which something was bought and kept: a purchase, and its amount less what was returned
-- of it. A purchase that was returned as a whole is none.
-- key: customer_id, on_day
-- gives:
--   customer_id text   the customer
--   on_day date        the day of the purchase
--   segment text!      the customer's; '' none
--   amount money!      above nought, in the company's currency
SELECT
  order_nets.customer_id,
  order_nets.bought_on AS on_day,
  coalesce(min(customers.segment), '') AS segment,
  CAST(sum(order_nets.amount) AS DECIMAL(18, 4)) AS amount
FROM order_nets
LEFT JOIN customers ON customers.customer_id = order_nets.customer_id
WHERE order_nets.bought_on IS NOT NULL
GROUP BY order_nets.customer_id, order_nets.bought_on
HAVING sum(order_nets.amount) > 0
