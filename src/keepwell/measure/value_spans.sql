-- one row per customer and stretch of days in which the yearly value of their running contracts was the same.
-- A contract runs until the one that renews it starts; or until it was ended; or to the end of its term, where that is
-- longer ago than the window `lapse` (30 days): until then a late renewal is waited for. Other currencies are converted
-- at the rate of the contract's first day; without a rate the contract counts as one, of no value.
-- key: customer_no, from_on
-- gives:
--   customer_no integer   the customer
--   from_on date          the first day
--   to_on date!           the first day after
--   value money!          yearly value, in the company's currency
--   contracts integer!    contracts that run
WITH settings AS (
  SELECT
    max(run_settings.today) AS today,
    max(run_settings.currency) AS currency,
    (SELECT coalesce(max(CASE WHEN windows.name = 'lapse' THEN windows.days END), 30) FROM windows) AS lapse
  FROM run_settings
),
renewals AS (
  SELECT contracts.renews_id AS contract_id, min(contracts.starts_on) AS next_on
  FROM contracts
  WHERE contracts.renews_id IS NOT NULL AND (contracts.ended_on IS NULL OR contracts.starts_on < contracts.ended_on)
  GROUP BY contracts.renews_id
),
rates AS (
  SELECT
    contracts.contract_id,
    exchange_rates.rate,
    row_number() OVER (PARTITION BY contracts.contract_id ORDER BY exchange_rates."on" DESC) AS nth
  FROM contracts
  JOIN exchange_rates ON exchange_rates.currency = contracts.currency AND exchange_rates."on" <= contracts.starts_on
),
running AS (
  SELECT
    customer_lives.customer_no,
    contracts.starts_on,
    CASE WHEN renewals.next_on IS NOT NULL THEN renewals.next_on
         WHEN contracts.ended_on IS NOT NULL THEN contracts.ended_on
         WHEN date_diff('day', contracts.ends_on, settings.today) > settings.lapse THEN contracts.ends_on
         ELSE CAST('9999-12-31' AS DATE) END AS stops_on,
    CASE WHEN coalesce(contracts.currency, settings.currency) = settings.currency THEN coalesce(contracts.annual_value, 0)
         ELSE CAST(round_even(
           CAST(coalesce(contracts.annual_value, 0) AS DECIMAL(38, 4)) * coalesce(rates.rate, 0), 4
         ) AS DECIMAL(18, 4)) END AS annual_value
  FROM contracts
  CROSS JOIN settings
  JOIN customer_lives ON customer_lives.customer_id = contracts.customer_id
  LEFT JOIN renewals ON renewals.contract_id = contracts.contract_id
  LEFT JOIN rates ON rates.contract_id = contracts.contract_id AND rates.nth = 1
),
changes AS (
  SELECT running.customer_no, running.starts_on AS on_day, running.annual_value AS value, 1 AS contracts
  FROM running WHERE running.starts_on < running.stops_on
  UNION ALL
  SELECT running.customer_no, running.stops_on, -running.annual_value, -1
  FROM running WHERE running.starts_on < running.stops_on
),
daily AS (
  SELECT changes.customer_no, changes.on_day, sum(changes.value) AS value, sum(changes.contracts) AS contracts
  FROM changes
  GROUP BY changes.customer_no, changes.on_day
),
levels AS (
  SELECT
    daily.customer_no,
    daily.on_day AS from_on,
    lead(daily.on_day) OVER (PARTITION BY daily.customer_no ORDER BY daily.on_day) AS to_on,
    CAST(sum(daily.value) OVER (
      PARTITION BY daily.customer_no ORDER BY daily.on_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS DECIMAL(18, 4)) AS value,
    CAST(sum(daily.contracts) OVER (
      PARTITION BY daily.customer_no ORDER BY daily.on_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS contracts
  FROM daily
)
SELECT levels.customer_no, levels.from_on, levels.to_on, levels.value, levels.contracts
FROM levels
WHERE levels.to_on IS NOT NULL AND levels.contracts > 0
