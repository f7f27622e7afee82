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
WITH known AS (
  SELECT
    value_moments.at_on,
    order_days.customer_id,
    count(*) AS days,
    min(order_days.on_day) AS first_on,
    max(order_days.on_day) AS last_on,
    sum(order_days.amount) AS amount
  FROM order_days
  JOIN value_moments ON order_days.on_day < value_moments.before_on
  GROUP BY value_moments.at_on, order_days.customer_id
)
SELECT
  known.at_on,
  known.customer_id,
  firsts.segment,
  known.days - 1 AS frequency,
  date_diff('day', known.first_on, known.last_on) AS recency_days,
  date_diff('day', known.first_on, known.at_on) AS age_days,
  firsts.amount AS first_amount,
  CAST(known.amount - firsts.amount AS DECIMAL(18, 4)) AS repeat_amount
FROM known
JOIN order_days AS firsts ON firsts.customer_id = known.customer_id AND firsts.on_day = known.first_on
