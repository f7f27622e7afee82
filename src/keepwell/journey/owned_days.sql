-- one row per customer and unbroken stretch of days on which somebody was named to stand behind them (coverage):
-- overlapping and touching stretches of several people are one.
-- key: customer_id, from_on
-- gives:
--   customer_id text   the customer
--   from_on date       the first day
--   to_on date         the first day without
WITH reach AS (
  SELECT
    coverage.customer_id,
    coverage.person_id,
    coverage.role,
    coverage.from_on,
    coalesce(coverage.to_on, CAST('9999-12-31' AS DATE)) AS to_on,
    max(coalesce(coverage.to_on, CAST('9999-12-31' AS DATE))) OVER (
      PARTITION BY coverage.customer_id
      ORDER BY coverage.from_on, coverage.person_id, coverage.role
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached_before
  FROM coverage
  WHERE coverage.to_on IS NULL OR coverage.from_on < coverage.to_on
),
starts AS (
  SELECT
    reach.customer_id,
    reach.from_on,
    reach.to_on,
    sum(CASE WHEN reach.reached_before >= reach.from_on THEN 0 ELSE 1 END) OVER (
      PARTITION BY reach.customer_id ORDER BY reach.from_on, reach.person_id, reach.role
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
  FROM reach
)
SELECT starts.customer_id, min(starts.from_on) AS from_on, max(starts.to_on) AS to_on
FROM starts
GROUP BY starts.customer_id, starts.island
