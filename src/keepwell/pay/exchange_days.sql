-- one row per currency and day on which a fact fell: what one unit was worth in the company's currency, by the last
-- rate on or before the day
-- key: currency, on_day
-- gives:
--   currency text      the currency
--   on_day date        the day
--   rate share         to the company's currency; 1 for the company's own
--   rate_on date       the day of the rate used
WITH asked AS (
  SELECT DISTINCT currency, on_day FROM amount_facts
  UNION
  SELECT v.currency, f.on_day FROM (SELECT DISTINCT on_day FROM amount_facts) AS f
  CROSS JOIN (SELECT DISTINCT currency FROM plan_versions) AS v
),
found AS (
  SELECT
    a.currency, a.on_day, e.rate, e."on" AS rate_on,
    row_number() OVER (PARTITION BY a.currency, a.on_day ORDER BY e."on" DESC NULLS LAST) AS place
  FROM asked AS a
  JOIN exchange_rates AS e ON e.currency = a.currency AND e."on" <= a.on_day
  WHERE e.rate > 0
)
SELECT a.currency, a.on_day,
  CASE WHEN a.currency = s.currency THEN CAST(1 AS DECIMAL(18, 9)) ELSE f.rate END AS rate,
  CASE WHEN a.currency = s.currency THEN a.on_day ELSE f.rate_on END AS rate_on
FROM asked AS a
CROSS JOIN run_settings AS s
LEFT JOIN found AS f ON f.currency = a.currency AND f.on_day = a.on_day AND f.place = 1
WHERE a.currency = s.currency OR f.rate IS NOT NULL
