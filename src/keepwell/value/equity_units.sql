-- one row per moment and unit (the company, a segment, owner, stage or cohort): what its customers are worth together
-- key: at_on, unit_kind, unit
-- gives:
--   at_on date          the moment
--   unit_kind text      company, segment, owner, stage or cohort
--   unit text           which one; company for the company, '' none
--   customers integer!  who are valued
--   value money!        the sum of their values, in the company's currency
WITH kinds AS (
  SELECT 'company' AS unit_kind UNION ALL SELECT 'segment' UNION ALL SELECT 'owner' UNION ALL SELECT 'stage'
  UNION ALL SELECT 'cohort'
),
cells AS (
  SELECT customer_values.at_on, customer_values.segment, customer_values.owner_id, customer_values.stage, customer_values.cohort,
    count(*) AS customers, sum(customer_values.value) AS value
  FROM customer_values
  GROUP BY customer_values.at_on, customer_values.segment, customer_values.owner_id, customer_values.stage,
    customer_values.cohort
),
units AS (
  SELECT cells.at_on, kinds.unit_kind, cells.customers, cells.value,
    CASE kinds.unit_kind WHEN 'company' THEN 'company' WHEN 'segment' THEN cells.segment WHEN 'owner' THEN cells.owner_id
      WHEN 'stage' THEN cells.stage ELSE cells.cohort END AS unit
  FROM cells
  CROSS JOIN kinds
)
SELECT units.at_on, units.unit_kind, units.unit, CAST(sum(units.customers) AS BIGINT) AS customers,
  CAST(sum(units.value) AS DECIMAL(18, 4)) AS value
FROM units
GROUP BY units.at_on, units.unit_kind, units.unit
