-- one row per contract that has begun by the run's day: its yearly value in the company's currency, at the rate of its
-- first day; or why it has none.
-- key: contract_id
-- gives:
--   contract_id text     the contract
--   customer_id text!    whose it is
--   segment text!        the customer's; '' none
--   starts_on date!      its first day
--   ends_on date         the day after its term; null: it has none
--   ended_on date        the day on which it was ended
--   notice_on date       the day on which notice was given
--   renews_id text!      the contract that it renews; '' none
--   annual_value money!  in the company's currency; 0 where it is not known
--   given money          as the record has it
--   currency text!       of that
--   reason text!         why its value is not known; '' it is
WITH begun AS (
  SELECT
    contracts.contract_id, contracts.customer_id, coalesce(customers.segment, '') AS segment, contracts.starts_on,
    contracts.ends_on, contracts.ended_on, contracts.notice_on, coalesce(contracts.renews_id, '') AS renews_id,
    contracts.annual_value AS given, coalesce(contracts.currency, run_settings.currency) AS currency,
    CASE WHEN coalesce(contracts.currency, run_settings.currency) = run_settings.currency THEN CAST(1 AS DECIMAL(18, 9))
         ELSE rate_spans.rate END AS rate
  FROM contracts
  CROSS JOIN run_settings
  LEFT JOIN customers ON customers.customer_id = contracts.customer_id
  LEFT JOIN rate_spans ON rate_spans.currency = contracts.currency AND rate_spans.from_on <= contracts.starts_on
    AND (rate_spans.to_on IS NULL OR contracts.starts_on < rate_spans.to_on)
  WHERE contracts.customer_id IS NOT NULL AND contracts.starts_on <= run_settings.today
)
SELECT
  begun.contract_id, begun.customer_id, begun.segment, begun.starts_on, begun.ends_on, begun.ended_on, begun.notice_on,
  begun.renews_id,
  CAST(round_even(CAST(coalesce(begun.given, 0) AS DECIMAL(38, 4)) * coalesce(begun.rate, 0), 4) AS DECIMAL(18, 4))
    AS annual_value,
  begun.given,
  begun.currency,
  CASE WHEN begun.given IS NULL THEN 'no annual value' WHEN begun.rate IS NULL THEN 'no exchange rate' ELSE '' END
    AS reason
FROM begun
