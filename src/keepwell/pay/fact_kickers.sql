-- one row per part with kickers and fact that fits one: by how much more (or less) the fact counts in the part's pay. Of
-- several that fit, each multiplies. Empty where no plan has kickers.
-- key: scenario, plan, version, part, measure, fact_id
-- kept: yes
-- gives:
--   scenario text     actual, or a what-if
--   plan text         the plan
--   version text      its version
--   part text         the part
--   measure text      the amount measure
--   fact_id text      the fact
--   factor number     what it is multiplied by, to six decimals
WITH asked AS (
  SELECT k.*, p.measure
  FROM plan_kickers AS k
  JOIN plan_parts AS p ON p.scenario = k.scenario AND p.plan = k.plan AND p.version = k.version AND p.part = k.part
),
won AS (
  SELECT
    deal_id,
    row_number() OVER (PARTITION BY customer_id ORDER BY closed_on, deal_id) AS place
  FROM deals
  WHERE outcome = 'won' AND closed_on IS NOT NULL AND customer_id IS NOT NULL
),
facts AS (
  SELECT
    f.measure, f.fact_id, f.customer_id, coalesce(d.product, '') AS product,
    CASE WHEN d.deal_id IS NULL THEN '' ELSE coalesce(d.kind, 'new') END AS kind,  -- as where new business is counted
    coalesce(c.segment, '') AS segment, coalesce(w.place, 0) AS place
  FROM (SELECT DISTINCT measure FROM asked) AS a
  JOIN amount_facts AS f ON f.measure = a.measure
  LEFT JOIN deals AS d ON d.deal_id = f.deal_id
  LEFT JOIN customers AS c ON c.customer_id = f.customer_id
  LEFT JOIN won AS w ON w.deal_id = f.deal_id
),
fitting AS (
  SELECT
    a.scenario, a.plan, a.version, a.part, a.measure, f.fact_id, a.place, max(a.factor) AS factor
  FROM asked AS a
  JOIN facts AS f ON f.measure = a.measure
  WHERE (a.word = 'product' AND f.product = a.value) OR (a.word = 'kind' AND f.kind = a.value)
    OR (a.word = 'segment' AND f.segment = a.value)
    OR (a.word = 'customer' AND (f.customer_id = a.value
      OR substring(f.customer_id, strpos(f.customer_id, ':') + 1) = a.value))
    OR (a.word = 'first_deal' AND f.place = 1)
  GROUP BY a.scenario, a.plan, a.version, a.part, a.measure, f.fact_id, a.place, a.words
  HAVING count(DISTINCT a.word) = a.words
),
side_by_side AS (
  SELECT
    scenario, plan, version, part, measure, fact_id,
    CAST(coalesce(max(CASE WHEN place = 1 THEN factor END), 1) AS DECIMAL(18, 6)) AS first_one,
    CAST(coalesce(max(CASE WHEN place = 2 THEN factor END), 1) AS DECIMAL(18, 6)) AS second_one,
    CAST(coalesce(max(CASE WHEN place = 3 THEN factor END), 1) AS DECIMAL(18, 6)) AS third_one
  FROM fitting
  GROUP BY scenario, plan, version, part, measure, fact_id
)
SELECT
  scenario, plan, version, part, measure, fact_id,
  CAST(round_even(CAST(round_even(CAST(first_one AS DECIMAL(19, 6)) * CAST(second_one AS DECIMAL(19, 6)), 6) AS DECIMAL(19, 6))
    * CAST(third_one AS DECIMAL(19, 6)), 6) AS DECIMAL(18, 6)) AS factor
FROM side_by_side
