-- one row per currency and stretch of days in which its last known rate was the same
-- key: currency, from_on
-- gives:
--   currency text   the currency
--   from_on date    the day of the rate
--   to_on date      the day of the next one; null: the last
--   rate share!     to the company's currency
SELECT
  exchange_rates.currency,
  exchange_rates."on" AS from_on,
  lead(exchange_rates."on") OVER (PARTITION BY exchange_rates.currency ORDER BY exchange_rates."on") AS to_on,
  exchange_rates.rate
FROM exchange_rates
WHERE exchange_rates.rate > 0
