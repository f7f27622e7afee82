-- one row per customer and unbroken stretch of days on which somebody was named to stand behind them: by coverage, or as
-- the owner of an opportunity while it was open. Overlapping and touching stretches of several people are one.
-- key: customer_id, from_on
-- gives:
--   customer_id text   the customer
--   from_on date       the first day
--   to_on date         the first day without
WITH named AS (
  SELECT
    coverage.customer_id,
    coverage.person_id,
    coverage.role AS by_what,
    coverage.from_on,
    coalesce(coverage.to_on, CAST('9999-12-31' AS DATE)) AS to_on
  FROM coverage
  UNION ALL
  SELECT
    deals.customer_id,
    deals.owner_id,
    deals.deal_id,
    deals.opened_on,
    coalesce(deals.closed_on, CAST('9999-12-31' AS DATE))
  FROM deals
  WHERE deals.customer_id IS NOT NULL AND deals.owner_id IS NOT NULL AND deals.opened_on IS NOT NULL
),
reach AS (
  SELECT
    named.*,
    max(named.to_on) OVER (
      PARTITION BY named.customer_id
      ORDER BY named.from_on, named.person_id, named.by_what
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached_before
  FROM named
  WHERE named.from_on < named.to_on
),
starts AS (
  SELECT
    reach.customer_id,
    reach.from_on,
    reach.to_on,
    sum(CASE WHEN reach.reached_before >= reach.from_on THEN 0 ELSE 1 END) OVER (
      PARTITION BY reach.customer_id ORDER BY reach.from_on, reach.person_id, reach.by_what
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
  FROM reach
)
SELECT starts.customer_id, min(starts.from_on) AS from_on, max(starts.to_on) AS to_on
FROM starts
GROUP BY starts.customer_id, starts.island
