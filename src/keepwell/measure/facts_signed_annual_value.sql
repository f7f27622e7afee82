-- one row per won deal that is new or an expansion: the yearly value that was signed. A deal without a kind is new. One
-- without a yearly value has that of the contract it made; without either it is listed among what pays nobody, for its
-- amount may be of several years.
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
  'signed_annual_value' AS measure,
  deals.deal_id AS fact_id,
  'deals' AS ref_table,
  coalesce(deals.customer_id, '') AS customer_id,
  coalesce(deal_contracts.contract_id, '') AS contract_id,
  deals.deal_id,
  coalesce(deals.owner_id, '') AS owner_id,
  deals.closed_on AS on_day,
  coalesce(deals.annual_value, deal_contracts.annual_value) AS amount,
  coalesce(CASE WHEN deals.annual_value IS NULL THEN deal_contracts.currency ELSE deals.currency END, run_settings.currency)
    AS currency,
  deals.known_at,
  deals.source,
  deals.source_file,
  deals.source_row
FROM deals
CROSS JOIN run_settings
LEFT JOIN deal_contracts ON deal_contracts.deal_id = deals.deal_id
WHERE deals.outcome = 'won'
  AND coalesce(deals.kind, 'new') IN ('new', 'expansion')
  AND coalesce(deals.annual_value, deal_contracts.annual_value) IS NOT NULL
  AND deals.closed_on <= run_settings.today
