-- one row per cost of the last year in the company's currency, at the rate of its day
-- key: cost_id
-- gives:
--   cost_id text       the cost
--   segment text       of the customer whom it was for; null: it was for all
--   on_day date!       its day
--   amount money       in the company's currency; null: no rate is known
--   given money        as the record has it
--   currency text!     of that
SELECT
  costs.cost_id,
  CASE WHEN costs.customer_id IS NOT NULL THEN coalesce(customers.segment, '') END AS segment,
  costs."on" AS on_day,
  CASE WHEN coalesce(costs.currency, run_settings.currency) = run_settings.currency THEN costs.amount
       ELSE CAST(round_even(CAST(costs.amount AS DECIMAL(38, 4)) * rate_spans.rate, 4) AS DECIMAL(18, 4)) END AS amount,
  costs.amount AS given,
  coalesce(costs.currency, run_settings.currency) AS currency
FROM costs
CROSS JOIN run_settings
LEFT JOIN customers ON customers.customer_id = costs.customer_id
LEFT JOIN rate_spans ON rate_spans.currency = costs.currency AND rate_spans.from_on <= costs."on"
  AND (rate_spans.to_on IS NULL OR costs."on" < rate_spans.to_on)
WHERE costs."on" > run_settings.today - 365 AND costs."on" <= run_settings.today AND costs.amount IS NOT NULL
