-- one row per two moments that follow each other, customer and cause: by how much the customer's value changed. A
-- customer's amounts add up to the value at the later moment less that at the earlier one, to the cent. Causes are:
-- re_estimated, the value then under the later models and parameters less the value then; won, no value before; lost, none
-- after; or notice was given since; or of who orders: by then more likely gone than not, and before not; kept, the same
-- spending with renewals made, purchases come and time passed; grown and shrunk, what they spend changed.
-- key: from_on, to_on, customer_id, cause
-- kept: yes
-- gives:
--   from_on date       the earlier moment
--   to_on date         the later one
--   customer_id text   the customer
--   cause text         won, kept, grown, shrunk, lost or re_estimated
--   amount money!      in the company's currency
WITH moments AS (
  SELECT value_moments.at_on AS from_on, lead(value_moments.at_on) OVER (ORDER BY value_moments.at_on) AS to_on
  FROM value_moments
),
before AS (
  SELECT
    moments.from_on, moments.to_on, earlier.customer_id, earlier.kind, earlier.value AS value_then, later.value AS value_anew,
    later.units, later.unit_value, later.margin, later.chance_alive, earlier.notice
  FROM moments
  JOIN valued_parts AS earlier ON earlier.at_on = moments.from_on AND earlier.under_on = moments.from_on
  JOIN valued_parts AS later ON later.at_on = moments.from_on AND later.under_on = moments.to_on
    AND later.customer_id = earlier.customer_id AND later.kind = earlier.kind
),
after AS (
  SELECT moments.from_on, moments.to_on, now.customer_id, now.kind, now.value, now.units, now.unit_value, now.margin,
    now.chance_alive, now.notice
  FROM moments
  JOIN valued_parts AS now ON now.at_on = moments.to_on AND now.under_on = moments.to_on
  WHERE moments.from_on IS NOT NULL
),
met AS (
  SELECT
    before.from_on, before.to_on, before.customer_id, before.kind, before.value_then, before.value_anew, after.value,
    CASE WHEN after.customer_id IS NULL OR (before.kind = 'orders' AND before.chance_alive >= 0.5 AND after.chance_alive < 0.5)
           OR (after.notice AND NOT before.notice)
         THEN 'lost' ELSE 'stayed' END AS fate,
    CASE WHEN before.kind = 'contracts' THEN after.units
         WHEN before.chance_alive = 0 THEN CAST(0 AS DECIMAL(18, 6))
         ELSE CAST(round_even(quotient(CAST(before.units AS DECIMAL(38, 6)) * CAST(after.chance_alive AS DECIMAL(10, 6)),
           CAST(before.chance_alive AS DECIMAL(10, 6))), 6)
           AS DECIMAL(18, 6)) END AS units_kept,
    before.unit_value, before.margin
  FROM before
  LEFT JOIN after ON after.from_on = before.from_on AND after.to_on = before.to_on
    AND after.customer_id = before.customer_id AND after.kind = before.kind
),
split AS (
  SELECT
    met.*,
    CAST(round_even(CAST(round_even(CAST(met.unit_value AS DECIMAL(22, 4)) * CAST(met.margin AS DECIMAL(12, 9)), 8)
      AS DECIMAL(24, 8)) * CAST(met.units_kept AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS value_kept
  FROM met
),
changes AS (
  SELECT split.from_on, split.to_on, split.customer_id, 're_estimated' AS cause, split.value_anew - split.value_then AS amount
  FROM split
  UNION ALL
  SELECT split.from_on, split.to_on, split.customer_id, 'lost',
    coalesce(split.value, CAST(0 AS DECIMAL(18, 4))) - split.value_anew
  FROM split
  WHERE split.fate = 'lost'
  UNION ALL
  SELECT split.from_on, split.to_on, split.customer_id, 'kept', split.value_kept - split.value_anew
  FROM split
  WHERE split.fate = 'stayed'
  UNION ALL
  SELECT split.from_on, split.to_on, split.customer_id,
    CASE WHEN split.value >= split.value_kept THEN 'grown' ELSE 'shrunk' END, split.value - split.value_kept
  FROM split
  WHERE split.fate = 'stayed'
  UNION ALL
  SELECT after.from_on, after.to_on, after.customer_id, 'won', after.value
  FROM after
  WHERE NOT EXISTS (
    SELECT 1 FROM before
    WHERE before.from_on = after.from_on AND before.customer_id = after.customer_id AND before.kind = after.kind
  )
)
SELECT changes.from_on, changes.to_on, changes.customer_id, changes.cause,
  CAST(sum(changes.amount) AS DECIMAL(18, 4)) AS amount
FROM changes
GROUP BY changes.from_on, changes.to_on, changes.customer_id, changes.cause
HAVING sum(changes.amount) <> 0
