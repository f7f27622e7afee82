-- one row per contract that renews another whose term has ended: its yearly value, on the last day of the old term.
-- A renewal that was taken back before it began is none.
-- key: measure, fact_id
-- gives:
--   measure text           the amount measure
--   fact_id text           the row that is the fact
--   ref_table text!        its table
--   customer_id text!      '' none
--   contract_id text!      '' none
--   deal_id text!          '' none
--   owner_id text!         '' none
--   on_day date!           the day that decides the period
--   amount money!          in its own currency
--   currency text!         of the amount
--   known_at timestamp!    when we learned it
--   source text            which source wrote the row
--   source_file text       the file or query it came from
--   source_row integer     its row there
SELECT
  'renewed_annual_value' AS measure,
  contracts.contract_id AS fact_id,
  'contracts' AS ref_table,
  contracts.customer_id,
  contracts.contract_id,
  coalesce(contracts.deal_id, '') AS deal_id,
  coalesce(deals.owner_id, '') AS owner_id,
  renewed.ends_on - 1 AS on_day,
  contracts.annual_value AS amount,
  coalesce(contracts.currency, run_settings.currency) AS currency,
  contracts.known_at,
  contracts.source,
  contracts.source_file,
  contracts.source_row
FROM contracts
JOIN contracts AS renewed ON renewed.contract_id = contracts.renews_id
CROSS JOIN run_settings
LEFT JOIN deals ON deals.deal_id = contracts.deal_id
WHERE contracts.annual_value IS NOT NULL
  AND renewed.ends_on <= run_settings.today
  AND (contracts.ended_on IS NULL OR contracts.starts_on < contracts.ended_on)
