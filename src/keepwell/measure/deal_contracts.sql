-- one row per deal that made a contract: its first one, by start and then by id.
-- key: deal_id
-- gives:
--   deal_id text        the deal
--   contract_id text!   its first contract
--   annual_value money  its yearly value
--   currency text       of the yearly value
WITH ranked AS (
  SELECT
    contracts.deal_id,
    contracts.contract_id,
    contracts.annual_value,
    contracts.currency,
    row_number() OVER (PARTITION BY contracts.deal_id ORDER BY contracts.starts_on, contracts.contract_id) AS nth
  FROM contracts
  WHERE contracts.deal_id IS NOT NULL
)
SELECT ranked.deal_id, ranked.contract_id, ranked.annual_value, ranked.currency FROM ranked WHERE ranked.nth = 1
