-- one row per ratio of a contract's yearly value to that of the one that it renews, to the hundredth, and how many
-- contracts had it: how much what a customer pays changes from renewal to renewal
-- key: ratio
-- gives:
--   ratio number          above nought
--   contracts integer!    how many
WITH steps AS (
  SELECT
    CAST(round_even(quotient(valued_contracts.annual_value, renewed.annual_value), 2) AS DECIMAL(18, 6)) AS ratio
  FROM valued_contracts
  JOIN valued_contracts AS renewed ON renewed.contract_id = valued_contracts.renews_id
  WHERE valued_contracts.annual_value > 0 AND renewed.annual_value > 0
)
SELECT steps.ratio, count(*) AS contracts
FROM steps
WHERE steps.ratio > 0
GROUP BY steps.ratio
