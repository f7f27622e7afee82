-- one row per moment, unit and source of parameters: how far what comes of the unit's customers may lie from what is
-- expected. What becomes of one customer says nothing of another: there squares add. The parameters of a source are the
-- same for all: there the changes themselves add.
-- key: at_on, unit_kind, unit, source
-- gives:
--   at_on date        the moment
--   unit_kind text    company, segment, owner, stage or cohort
--   unit text         which one; company for the company, '' none
--   source text       orders or contracts, the model, and on whom it was fitted
--   squares exact!    sum of the squares of the customers' own standard deviations
--   moved_1 exact!    sum of the changes along one direction of the parameters
--   moved_2 exact!    along the next
--   moved_3 exact!    along the next
--   moved_4 exact!    along the next
--   moved_5 exact!    along the next
--   moved_6 exact!    along the next
WITH kinds AS (
  SELECT 'company' AS unit_kind UNION ALL SELECT 'segment' UNION ALL SELECT 'owner' UNION ALL SELECT 'stage'
  UNION ALL SELECT 'cohort'
),
priced AS (
  SELECT
    value_parts.*,
    CAST(round_even(CAST(value_parts.unit_value AS DECIMAL(22, 4)) * CAST(value_margins.margin AS DECIMAL(12, 9)), 4)
      AS DECIMAL(20, 4)) AS kept
  FROM value_parts
  JOIN value_margins ON value_margins.segment = value_parts.segment
  WHERE value_parts.under_on = value_parts.at_on
),
known AS (
  SELECT
    customer_values.at_on, customer_values.segment, customer_values.owner_id, customer_values.stage, customer_values.cohort,
    priced.kind || ' ' || priced.model || ' ' || priced.fitted_on AS source,
    CAST(round_even(priced.kept * CAST(priced.spread_units AS DECIMAL(14, 6)), 4) AS DECIMAL(18, 4)) AS spread,
    priced.kept * CAST(priced.by_parameters_1 AS DECIMAL(14, 6)) AS moved_1,
    priced.kept * CAST(priced.by_parameters_2 AS DECIMAL(14, 6)) AS moved_2,
    priced.kept * CAST(priced.by_parameters_3 AS DECIMAL(14, 6)) AS moved_3,
    priced.kept * CAST(priced.by_parameters_4 AS DECIMAL(14, 6)) AS moved_4,
    priced.kept * CAST(priced.by_parameters_5 AS DECIMAL(14, 6)) AS moved_5,
    priced.kept * CAST(priced.by_parameters_6 AS DECIMAL(14, 6)) AS moved_6
  FROM priced
  JOIN customer_values ON customer_values.at_on = priced.at_on AND customer_values.customer_id = priced.customer_id
),
cells AS (
  SELECT known.at_on, known.segment, known.owner_id, known.stage, known.cohort, known.source,
    sum(CAST(CAST(known.spread AS DECIMAL(19, 4)) * known.spread AS DECIMAL(38, 8))) AS squares,
    sum(CAST(known.moved_1 AS DECIMAL(38, 10))) AS moved_1,
    sum(CAST(known.moved_2 AS DECIMAL(38, 10))) AS moved_2,
    sum(CAST(known.moved_3 AS DECIMAL(38, 10))) AS moved_3,
    sum(CAST(known.moved_4 AS DECIMAL(38, 10))) AS moved_4,
    sum(CAST(known.moved_5 AS DECIMAL(38, 10))) AS moved_5,
    sum(CAST(known.moved_6 AS DECIMAL(38, 10))) AS moved_6
  FROM known
  GROUP BY known.at_on, known.segment, known.owner_id, known.stage, known.cohort, known.source
),
units AS (
  SELECT cells.*, kinds.unit_kind,
    CASE kinds.unit_kind WHEN 'company' THEN 'company' WHEN 'segment' THEN cells.segment WHEN 'owner' THEN cells.owner_id
      WHEN 'stage' THEN cells.stage ELSE cells.cohort END AS unit
  FROM cells
  CROSS JOIN kinds
)
SELECT units.at_on, units.unit_kind, units.unit, units.source, CAST(sum(units.squares) AS DECIMAL(38, 12)) AS squares,
  CAST(sum(units.moved_1) AS DECIMAL(38, 12)) AS moved_1,
  CAST(sum(units.moved_2) AS DECIMAL(38, 12)) AS moved_2,
  CAST(sum(units.moved_3) AS DECIMAL(38, 12)) AS moved_3,
  CAST(sum(units.moved_4) AS DECIMAL(38, 12)) AS moved_4,
  CAST(sum(units.moved_5) AS DECIMAL(38, 12)) AS moved_5,
  CAST(sum(units.moved_6) AS DECIMAL(38, 12)) AS moved_6
FROM units
GROUP BY units.at_on, units.unit_kind, units.unit, units.source
