-- one row per deal that made a contract: its first one, by start and then by id.
-- key: deal_id
-- gives:
--   deal_id text        the deal
--   contract_id text!   its first contract
WITH ranked AS (
  SELECT
    contracts.deal_id,
    contracts.contract_id,
    row_number() OVER (PARTITION BY contracts.deal_id ORDER BY contracts.starts_on, contracts.contract_id) AS nth
  FROM contracts
  WHERE contracts.deal_id IS NOT NULL
)
SELECT ranked.deal_id, ranked.contract_id FROM ranked WHERE ranked.nth = 1
