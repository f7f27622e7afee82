-- one row per day of valuing and customer who had ordered by then: how often they came again, when last, and what they spent
-- key: at_on, customer_id
-- kept: yes
-- gives:
--   at_on date             the day of valuing
--   customer_id text       the customer
--   segment text!          '' none
--   frequency integer!     days with a purchase after the first
--   recency_days integer!  from the first purchase to the last
--   age_days integer!      from the first purchase to the day of valuing
--   first_amount money!    of the first purchase, in the company's currency
--   repeat_amount money!   of all others
WITH placed AS (
  SELECT
    order_days.*,
    row_number() OVER (PARTITION BY order_days.customer_id ORDER BY order_days.on_day) AS nth
  FROM order_days
)
SELECT
  value_moments.at_on,
  placed.customer_id,
  min(placed.segment) AS segment,
  count(*) - 1 AS frequency,
  date_diff('day', min(placed.on_day), max(placed.on_day)) AS recency_days,
  date_diff('day', min(placed.on_day), value_moments.at_on) AS age_days,
  CAST(sum(CASE WHEN placed.nth = 1 THEN placed.amount ELSE CAST(0 AS DECIMAL(18, 4)) END) AS DECIMAL(18, 4)) AS first_amount,
  CAST(sum(CASE WHEN placed.nth > 1 THEN placed.amount ELSE CAST(0 AS DECIMAL(18, 4)) END) AS DECIMAL(18, 4)) AS repeat_amount
FROM placed
JOIN value_moments ON placed.on_day < value_moments.before_on
GROUP BY value_moments.at_on, placed.customer_id
