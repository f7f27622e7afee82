-- one row per thing that pays nobody though it should be looked at: a fact that is nobody's, a won deal whose yearly
-- value nobody knows, an amount without a rate, a person without quota or target
-- key: scenario, kind, plan, part, measure, person_id, fact_id, period
-- kept: yes
-- gives:
--   scenario text        actual, or a what-if
--   kind text            nobody, value, rate, quota, measure, target, acceptance, objectives
--   plan text            the plan; '' all that pay on this measure
--   part text            the part; '' all
--   measure text         what would be counted
--   person_id text       who would be paid; '' nobody known
--   fact_id text         the fact; '' a whole window
--   period integer       first month of the period or window
--   customer_id text     '' none
--   on_day date          the fact's day; null for a window
--   amount money         the fact, in its own currency; null for a window
--   currency text        of the amount; '' none
--   reason text          in words
WITH asked AS (
  SELECT
    c.scenario, c.measure, min(v.from_on) AS from_on, max(v.to_on) AS to_on,
    min(CASE WHEN c.who IN ('deal_shares', 'owner') THEN '' ELSE c.who END) AS role
  FROM plan_credit AS c
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  WHERE c.use <> 'base' AND c.who <> 'company'
  GROUP BY c.scenario, c.measure
),
covered AS (  -- measures of which an owner alone stands behind no fact
  SELECT DISTINCT c.measure FROM plan_credit AS c
  WHERE NOT EXISTS (SELECT 1 FROM plan_credit AS o WHERE o.measure = c.measure AND o.who IN ('deal_shares', 'owner'))
),
lookable AS (  -- a fact with an owner is always somebody's, where owners count: that spares looking at most of them
  SELECT f.measure, f.fact_id, f.customer_id, f.on_day, f.amount, f.currency
  FROM amount_facts AS f
  WHERE f.owner_id = ''
  UNION ALL
  SELECT f.measure, f.fact_id, f.customer_id, f.on_day, f.amount, f.currency
  FROM covered AS c
  JOIN amount_facts AS f ON f.measure = c.measure
  WHERE f.owner_id <> ''
),
somebodys AS (
  SELECT k.measure, k.fact_id FROM (SELECT DISTINCT measure FROM lookable) AS l JOIN credit_people AS k ON k.measure = l.measure
),
nobodys AS (
  SELECT f.measure, f.fact_id, f.customer_id, f.on_day, f.amount, f.currency
  FROM lookable AS f
  WHERE NOT EXISTS (SELECT 1 FROM somebodys AS k WHERE k.measure = f.measure AND k.fact_id = f.fact_id)
    AND NOT EXISTS (SELECT 1 FROM book_holders AS h WHERE h.measure = f.measure AND h.fact_id = f.fact_id)
),
nobody AS (
  SELECT
    a.scenario, f.measure, f.fact_id, f.customer_id, f.on_day, f.amount, f.currency,
    CASE WHEN a.role = '' THEN 'nobody has a share of it, and it has no owner'
      WHEN starts_with(a.role, 'book:')
        THEN concat('nobody held the customer as ', substring(a.role, 6), ' on the day that the plan names')
      ELSE concat('nobody covered the customer as ', a.role, ' on ', CAST(f.on_day AS VARCHAR)) END AS reason
  FROM nobodys AS f
  JOIN asked AS a ON a.measure = f.measure AND a.from_on <= f.on_day AND f.on_day < a.to_on
)
SELECT
  a.scenario, 'value' AS kind, '' AS plan, '' AS part, a.measure, coalesce(d.owner_id, '') AS person_id, d.deal_id AS fact_id,
  CAST(year(d.closed_on) * 12 + month(d.closed_on) - 1 AS BIGINT) AS period, coalesce(d.customer_id, '') AS customer_id,
  d.closed_on AS on_day, CAST(NULL AS DECIMAL(18, 4)) AS amount, coalesce(d.currency, '') AS currency,
  'neither the deal nor a contract that it made says its yearly value' AS reason
FROM deals AS d
CROSS JOIN run_settings AS r
JOIN asked AS a ON a.measure = 'signed_annual_value' AND a.from_on <= d.closed_on AND d.closed_on < a.to_on
WHERE d.outcome = 'won' AND coalesce(d.kind, 'new') IN ('new', 'expansion') AND d.closed_on <= r.today
  AND NOT EXISTS (SELECT 1 FROM amount_facts AS f WHERE f.measure = a.measure AND f.fact_id = d.deal_id)
UNION ALL
SELECT
  n.scenario, 'nobody' AS kind, '' AS plan, '' AS part, n.measure, '' AS person_id, n.fact_id,
  CAST(year(n.on_day) * 12 + month(n.on_day) - 1 AS BIGINT) AS period, n.customer_id, n.on_day, n.amount, n.currency, n.reason
FROM nobody AS n
UNION ALL
SELECT
  c.scenario, 'rate' AS kind, c.plan, c.part, c.measure, c.person_id, c.fact_id, c.period, c.customer_id, c.on_day, c.amount,
  c.currency,
  concat('no exchange rate from ', c.currency, ' to ', c.plan_currency, ' on or before ', CAST(c.on_day AS VARCHAR)) AS reason
FROM unrated AS c
UNION ALL
SELECT
  t.scenario, t.missing AS kind, t.plan, t.part, p.measure, t.person_id, '' AS fact_id, t.period, '' AS customer_id,
  CAST(NULL AS DATE) AS on_day, CAST(NULL AS DECIMAL(18, 4)) AS amount, v.currency,
  CASE t.missing
    WHEN 'quota' THEN CASE WHEN t.base IS NULL THEN concat('no quota of ', p.measure, ' in ', v.currency, ' is recorded')
      ELSE concat('the quota of ', p.measure, ' is not above zero') END
    WHEN 'target' THEN concat('no target pay in ', v.currency, ' is recorded, and the plan states none')
    ELSE concat('nothing to set it against: no ', p.base_measure) END AS reason
FROM part_totals AS t
JOIN plan_parts AS p ON p.scenario = t.scenario AND p.plan = t.plan AND p.version = t.version AND p.part = t.part
JOIN plan_versions AS v ON v.scenario = t.scenario AND v.plan = t.plan AND v.version = t.version
WHERE t.missing NOT IN ('', 'objectives')
UNION ALL
SELECT
  o.scenario, 'objectives' AS kind, o.plan, o.part, 'objectives' AS measure, o.person_id, o.objective AS fact_id, o.period,
  '' AS customer_id, min(o.to_on - 1) AS on_day, CAST(NULL AS DECIMAL(18, 4)) AS amount, '' AS currency,
  concat('the objective ', o.objective, CASE WHEN min(o.score) IS NULL THEN ' is not scored yet' ELSE ' has no weight' END)
    AS reason
FROM objectives_counted AS o
JOIN part_totals AS t ON t.scenario = o.scenario AND t.plan = o.plan AND t.version = o.version AND t.part = o.part
  AND t.person_id = o.person_id AND t.window_month = o.window_month AND t.period = o.period AND t.missing = 'objectives'
CROSS JOIN run_settings AS r
WHERE o.to_on <= r.today AND (o.score IS NULL OR o.weight IS NULL)
GROUP BY o.scenario, o.plan, o.part, o.person_id, o.objective, o.period
UNION ALL
SELECT
  t.scenario, 'objectives' AS kind, t.plan, t.part, 'objectives' AS measure, t.person_id, '' AS fact_id, t.period,
  '' AS customer_id, CAST(NULL AS DATE) AS on_day, CAST(NULL AS DECIMAL(18, 4)) AS amount, v.currency,
  'no objective ends in this time' AS reason
FROM part_totals AS t
JOIN plan_versions AS v ON v.scenario = t.scenario AND v.plan = t.plan AND v.version = t.version
CROSS JOIN run_settings AS r
WHERE t.missing = 'objectives' AND t.period + v.period_months <= year(r.today) * 12 + month(r.today) - 1
  AND NOT EXISTS (SELECT 1 FROM objectives_counted AS o WHERE o.scenario = t.scenario AND o.plan = t.plan
    AND o.version = t.version AND o.part = t.part AND o.person_id = t.person_id AND o.period = t.period)
UNION ALL
SELECT
  c.scenario, 'acceptance' AS kind, c.plan, '' AS part, '' AS measure, c.person_id, '' AS fact_id,
  CAST(year(min(c.from_on)) * 12 + month(min(c.from_on)) - 1 AS BIGINT) AS period, '' AS customer_id, min(c.from_on) AS on_day,
  CAST(NULL AS DECIMAL(18, 4)) AS amount, '' AS currency,
  concat('not accepted: the plan of ', c.version, ' counts from the acceptance on; days without it began on ',
    CAST(min(c.from_on) AS VARCHAR)) AS reason
FROM claims AS c
CROSS JOIN run_settings AS r
LEFT JOIN acceptances AS a ON a.person_id = c.person_id AND a.plan = c.plan AND a.version = c.version
LEFT JOIN claimed AS k ON k.scenario = c.scenario AND k.plan = c.plan AND k.person_id = c.person_id
  AND k.from_on <= c.from_on AND c.from_on < k.to_on
WHERE c.acceptance AND c.from_on <= r.today AND (a.accepted_on IS NULL OR a.accepted_on > c.from_on) AND k.plan IS NULL
GROUP BY c.scenario, c.plan, c.version, c.person_id
UNION ALL
SELECT
  f.scenario, 'target' AS kind, f.plan, '' AS part, '' AS measure, f.person_id, '' AS fact_id, f.period, '' AS customer_id,
  CAST(NULL AS DATE) AS on_day, CAST(NULL AS DECIMAL(18, 4)) AS amount, f.currency,
  concat('no target pay in ', f.currency, ' is recorded, of which a draw or guarantee is a share') AS reason
FROM floors AS f
WHERE f.kind <> '' AND f.amount IS NULL
GROUP BY f.scenario, f.plan, f.person_id, f.period, f.currency
