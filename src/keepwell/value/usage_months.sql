-- one row per customer and month in which they used anything: how much, and on how many days
-- key: customer_id, use_no
-- gives:
--   customer_id text   the customer
--   use_no integer     the month, as year × 12 + month
--   users integer!     active users, summed over features and days
--   days integer!      days with a count
WITH daily AS (
  SELECT usage.customer_id, usage.day, sum(coalesce(usage.active_users, 0)) AS users
  FROM usage
  GROUP BY usage.customer_id, usage.day
)
SELECT
  daily.customer_id,
  CAST(year(daily.day) * 12 + month(daily.day) AS BIGINT) AS use_no,
  CAST(sum(daily.users) AS BIGINT) AS users,
  count(*) AS days
FROM daily
GROUP BY daily.customer_id, CAST(year(daily.day) * 12 + month(daily.day) AS BIGINT)
