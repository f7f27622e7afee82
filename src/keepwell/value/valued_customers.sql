-- one row per day of valuing and customer who had bought by then: where they stood, and who stood behind them
-- key: at_on, customer_id
-- gives:
--   at_on date          the day of valuing
--   customer_id text    the customer
--   segment text!       '' none
--   stage text!         install, adopt, use or leave
--   owner_id text!      who was named for them, the one who came last; '' nobody
--   cohort text!        the quarter of their first purchase, as 2026-Q3
WITH bought AS (
  SELECT
    value_moments.at_on, value_moments.before_on, customer_lives.customer_id, customer_lives.segment,
    CASE WHEN customer_lives.left_on < value_moments.before_on THEN 'leave'
         WHEN customer_lives.uses_from < value_moments.before_on THEN 'use'
         WHEN customer_lives.adopts_from < value_moments.before_on THEN 'adopt'
         ELSE 'install' END AS stage,
    year(customer_lives.purchased_on) * 12 + month(customer_lives.purchased_on) - 1 AS month_no,
    (year(customer_lives.purchased_on) * 12 + month(customer_lives.purchased_on) - run_settings.year_starts) % 12
      AS months_in
  FROM customer_lives
  CROSS JOIN value_moments
  CROSS JOIN run_settings
  WHERE customer_lives.purchased_on < value_moments.before_on
),
behind AS (
  SELECT
    value_moments.at_on, coverage.customer_id, coverage.person_id,
    row_number() OVER (
      PARTITION BY value_moments.at_on, coverage.customer_id
      ORDER BY coverage.from_on DESC, coverage.person_id, coverage.role
    ) AS nth
  FROM coverage
  CROSS JOIN value_moments
  WHERE coverage.from_on < value_moments.before_on
    AND (coverage.to_on IS NULL OR value_moments.before_on <= coverage.to_on)
)
SELECT
  bought.at_on,
  bought.customer_id,
  bought.segment,
  bought.stage,
  coalesce(behind.person_id, '') AS owner_id,
  CAST((bought.month_no - bought.months_in + 11) // 12 AS VARCHAR) || '-Q' || CAST(bought.months_in // 3 + 1 AS VARCHAR)
    AS cohort
FROM bought
LEFT JOIN behind ON behind.at_on = bought.at_on AND behind.customer_id = bought.customer_id AND behind.nth = 1
