-- one row per customer: where they stand on the run's day: phase, what they are worth a year, and who is named for them.
-- key: customer_id
-- kept: yes
-- gives:
--   customer_id text        the customer
--   segment text!           '' none
--   region text!            '' none
--   stage text!             evaluate, install, adopt, use or leave
--   purchased_on date       the first purchase
--   live_on date            the first go-live
--   left_on date            the day they left
--   owners integer!         people named to stand behind them
--   owner_id text!          one of them, the one who came last; '' nobody
--   owner_role text!        in which role
--   annual_value money      of the contracts that run, in the company's currency where all are in it; null: several
WITH current_coverage AS (
  SELECT
    coverage.customer_id,
    coverage.person_id,
    coverage.role,
    count(*) OVER (PARTITION BY coverage.customer_id) AS owners,
    row_number() OVER (
      PARTITION BY coverage.customer_id ORDER BY coverage.from_on DESC, coverage.person_id, coverage.role
    ) AS nth
  FROM coverage
  CROSS JOIN run_settings
  WHERE coverage.from_on <= run_settings.today AND (coverage.to_on IS NULL OR run_settings.today < coverage.to_on)
),
running AS (
  SELECT
    contracts.customer_id,
    CASE WHEN min(coalesce(contracts.currency, run_settings.currency)) = max(run_settings.currency)
              AND max(coalesce(contracts.currency, run_settings.currency)) = max(run_settings.currency)
         THEN CAST(sum(contracts.annual_value) AS DECIMAL(18, 4)) END AS annual_value
  FROM contracts
  CROSS JOIN run_settings
  WHERE contracts.starts_on <= run_settings.today
    AND (contracts.ends_on IS NULL OR run_settings.today < contracts.ends_on)
    AND (contracts.ended_on IS NULL OR run_settings.today < contracts.ended_on)
  GROUP BY contracts.customer_id
)
SELECT
  customer_lives.customer_id,
  customer_lives.segment,
  customer_lives.region,
  CASE WHEN customer_lives.left_on <= run_settings.today THEN 'leave'
       WHEN customer_lives.uses_from <= run_settings.today THEN 'use'
       WHEN customer_lives.adopts_from <= run_settings.today THEN 'adopt'
       WHEN customer_lives.purchased_on <= run_settings.today THEN 'install'
       ELSE 'evaluate' END AS stage,
  nullif(customer_lives.purchased_on, CAST('9999-12-31' AS DATE)) AS purchased_on,
  nullif(customer_lives.live_on, CAST('9999-12-31' AS DATE)) AS live_on,
  nullif(customer_lives.left_on, CAST('9999-12-31' AS DATE)) AS left_on,
  coalesce(current_coverage.owners, CAST(0 AS BIGINT)) AS owners,
  coalesce(current_coverage.person_id, '') AS owner_id,
  coalesce(current_coverage.role, '') AS owner_role,
  running.annual_value
FROM customer_lives
CROSS JOIN run_settings
LEFT JOIN current_coverage ON current_coverage.customer_id = customer_lives.customer_id AND current_coverage.nth = 1
LEFT JOIN running ON running.customer_id = customer_lives.customer_id
