-- one row per plan, part, person, fact of a contract and day on which the cost of obtaining it changed: what people are given
-- for signing, renewing or saving it, less what lapses or is taken back. What a part pays for a window as a whole is divided among its
-- facts in proportion to what each counted, in cents, so that the parts add up to it.
-- key: plan, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day
-- gives:
--   plan text          the plan
--   part text          the part
--   person_id text     who is paid
--   window_month integer  the first month of the part's window
--   fact_id text       the fact: a deal, a contract
--   contract_id text   the contract; '' the fact has none
--   customer_id text   '' none
--   currency text      of the amount
--   on_day date        the day: of the fact, of what lapsed, of the take-back
--   amount money       below zero: lapsed or taken back
--   paid money         where the part pays for a window as a whole: all that it pays; null where it pays for the fact
--   counted money      what the fact counted of that; null where it pays for the fact
--   of_counted money   what all facts of the window counted
WITH obtaining AS (
  SELECT
    plan, version, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day,
    payable + held - recoverable AS cost
  FROM pay_lines
  WHERE scenario = 'actual' AND measure IN ('signed_annual_value', 'signed_amount', 'renewed_annual_value', 'saved')
),
windows AS (
  SELECT plan, version, part, person_id, window_month, currency, sum(cost) AS cost
  FROM obtaining
  WHERE fact_id = ''
  GROUP BY plan, version, part, person_id, window_month, currency
),
placed AS (
  SELECT
    w.plan, w.part, w.person_id, w.window_month, w.currency, w.cost, t.fact_id, t.contract_id, t.customer_id, t.on_day, t.counted,
    sum(t.counted) OVER (PARTITION BY w.plan, w.version, w.part, w.person_id, w.window_month, w.currency
      ORDER BY t.on_day, t.measure, t.fact_id, t.credit_row, t.who, t.low
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached,
    sum(t.counted) OVER (PARTITION BY w.plan, w.version, w.part, w.person_id, w.window_month, w.currency) AS whole
  FROM windows AS w
  JOIN until AS u ON true
  JOIN pay_trace AS t ON t.scenario = 'actual' AND t.plan = w.plan AND t.version = w.version AND t.part = w.part
    AND t.person_id = w.person_id AND t.window_month = w.window_month AND t.use <> 'base' AND t.on_day < u.to_on
    AND t.counted IS NOT NULL
),
cut AS (
  SELECT
    placed.*,
    quotient(CAST(cost AS DECIMAL(38, 4)) * CAST(reached AS DECIMAL(18, 4)),
      CAST(whole AS DECIMAL(38, 4)) * CAST(0.01 AS DECIMAL(3, 2))) AS to_cents,
    quotient(CAST(cost AS DECIMAL(38, 4)) * CAST(reached - counted AS DECIMAL(18, 4)),
      CAST(whole AS DECIMAL(38, 4)) * CAST(0.01 AS DECIMAL(3, 2))) AS from_cents
  FROM placed
  WHERE whole <> 0
),
costs AS (
  SELECT
    plan, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day,
    CAST(cost AS DECIMAL(38, 4)) AS cost, CAST(NULL AS DECIMAL(18, 4)) AS paid, CAST(NULL AS DECIMAL(18, 4)) AS counted,
    CAST(NULL AS DECIMAL(18, 4)) AS of_counted
  FROM obtaining WHERE fact_id <> ''
  UNION ALL
  SELECT
    plan, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day,
    CAST((CASE WHEN to_cents >= 0 THEN ceil(to_cents) ELSE floor(to_cents) END
      - CASE WHEN from_cents >= 0 THEN ceil(from_cents) ELSE floor(from_cents) END) * CAST(0.01 AS DECIMAL(3, 2))
      AS DECIMAL(38, 4)) AS cost,
    CAST(cost AS DECIMAL(18, 4)) AS paid, CAST(counted AS DECIMAL(18, 4)) AS counted, CAST(whole AS DECIMAL(18, 4)) AS of_counted
  FROM cut
)
SELECT
  plan, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day,
  CAST(sum(cost) AS DECIMAL(18, 4)) AS amount, max(paid) AS paid, CAST(sum(counted) AS DECIMAL(18, 4)) AS counted,
  max(of_counted) AS of_counted
FROM costs
GROUP BY plan, part, person_id, window_month, fact_id, contract_id, customer_id, currency, on_day
HAVING sum(cost) <> 0
