-- one row per moment and customer who is one: what they are worth, how sure that is, and by which model. Who orders, where
-- no model of ordering could be fitted, is not here: nothing is known of what they will buy (value_models says why). Nor
-- is who has only contracts whose value is not known (value_left_out says why).
-- key: at_on, customer_id
-- kept: yes
-- gives:
--   at_on date             the moment
--   customer_id text       the customer
--   segment text!          '' none
--   stage text!            install, adopt, use or leave: where they stood then
--   owner_id text!         who was named for them; '' nobody
--   cohort text!           the quarter of their first purchase
--   contract_value money!  of what runs and its renewals: margin, discounted, in the company's currency
--   order_value money!     of purchases to come
--   value money!           both
--   low money              lower end of the 90% interval; null: who orders, before the last moment
--   high money             upper end
--   chance_alive share!    that they are still a customer; the higher of the two
--   value_after money      what comes after the end at which they may leave within a year, if they stay then; null: no contract, or not known
--   model text!            by which model; both where there are both
SELECT
  valued_parts.at_on,
  valued_parts.customer_id,
  min(valued_parts.segment) AS segment,
  coalesce(min(valued_customers.stage), 'use') AS stage,
  coalesce(min(valued_customers.owner_id), '') AS owner_id,
  coalesce(min(valued_customers.cohort), '') AS cohort,
  CAST(sum(CASE WHEN valued_parts.kind = 'contracts' THEN valued_parts.value ELSE CAST(0 AS DECIMAL(18, 4)) END)
    AS DECIMAL(18, 4)) AS contract_value,
  CAST(sum(CASE WHEN valued_parts.kind = 'orders' THEN valued_parts.value ELSE CAST(0 AS DECIMAL(18, 4)) END)
    AS DECIMAL(18, 4)) AS order_value,
  CAST(sum(valued_parts.value) AS DECIMAL(18, 4)) AS value,
  CASE WHEN count(valued_parts.low) = count(*) THEN CAST(sum(valued_parts.low) AS DECIMAL(18, 4)) END AS low,
  CASE WHEN count(valued_parts.high) = count(*) THEN CAST(sum(valued_parts.high) AS DECIMAL(18, 4)) END AS high,
  max(valued_parts.chance_alive) AS chance_alive,
  CAST(sum(valued_parts.value_after) AS DECIMAL(18, 4)) AS value_after,
  CASE WHEN min(valued_parts.model) = max(valued_parts.model) THEN min(valued_parts.model)
       ELSE min(valued_parts.model) || ' + ' || max(valued_parts.model) END AS model
FROM valued_parts
LEFT JOIN valued_customers ON valued_customers.at_on = valued_parts.at_on
  AND valued_customers.customer_id = valued_parts.customer_id
WHERE valued_parts.under_on = valued_parts.at_on AND NOT (valued_parts.kind = 'orders' AND valued_parts.model = 'none')
  AND NOT (valued_parts.kind = 'contracts' AND valued_parts.unit_value = 0 AND EXISTS (
    SELECT 1 FROM valued_contracts
    WHERE valued_contracts.customer_id = valued_parts.customer_id AND valued_contracts.reason <> ''
  ))
GROUP BY valued_parts.at_on, valued_parts.customer_id
