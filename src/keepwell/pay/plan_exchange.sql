-- one row per plan version, currency other than the plan's and day on which a fact fell: the rate by which a fact counts.
-- What the plan states holds on every day; otherwise both currencies' rates to the company's, as of the day.
-- key: scenario, plan, version, currency, on_day
-- gives:
--   scenario text      actual, or a what-if
--   plan text          the plan
--   version text       its version
--   currency text      the fact's currency
--   on_day date        the fact's day
--   rate share         what one unit was worth
--   plan_rate share    what one unit of the plan's currency was worth; 1 where the plan states the rate
WITH stated AS (
  SELECT r.scenario, r.plan, r.version, r.currency, d.on_day, r.rate
  FROM plan_rates AS r
  JOIN (SELECT DISTINCT currency, on_day FROM amount_facts) AS d ON d.currency = r.currency
)
SELECT scenario, plan, version, currency, on_day, rate, CAST(1 AS DECIMAL(18, 9)) AS plan_rate FROM stated
UNION ALL
SELECT v.scenario, v.plan, v.version, x.currency, x.on_day, x.rate, y.rate AS plan_rate
FROM plan_versions AS v
JOIN exchange_days AS y ON y.currency = v.currency AND v.from_on <= y.on_day AND y.on_day < v.to_on
JOIN exchange_days AS x ON x.on_day = y.on_day AND x.currency <> v.currency
LEFT JOIN plan_rates AS r ON r.scenario = v.scenario AND r.plan = v.plan AND r.version = v.version
  AND r.currency = x.currency
WHERE r.currency IS NULL
