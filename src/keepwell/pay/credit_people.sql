-- one row per fact, way of crediting and person: who stands behind a fact by deal shares (or else as its owner), as its
-- owner, or by covering the customer in a role on the fact's day. Each share is a stretch from low to high, so that
-- what a person counts is a difference of two cumulative amounts and all of them add up to the fact. Overlays stand
-- beside it: their stretches begin where the fact ends, so that somebody may have a share and an overlay.
-- key: measure, fact_id, who, person_id, low
-- gives:
--   measure text       the amount measure
--   fact_id text       the fact
--   who text           deal_shares, owner, or a role
--   person_id text     who is credited
--   low share          where the person's share begins
--   high share         where it ends
--   on_day date        the fact's day
--   customer_id text   '' none
--   contract_id text   '' none
--   amount money       the whole fact, in its own currency
--   currency text      of the amount
--   known_at timestamp when we learned of the fact
WITH wanted AS (
  SELECT DISTINCT measure, who FROM plan_credit
),
shared AS (
  SELECT
    d.deal_id, d.person_id, d.role, coalesce(d.overlay, false) AS overlay, d.share,
    sum(d.share) OVER (PARTITION BY d.deal_id, coalesce(d.overlay, false) ORDER BY d.person_id, d.role
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached
  FROM deal_shares AS d
),
by_share AS (
  SELECT
    deal_id, person_id, role,
    CAST(CASE WHEN overlay THEN 1 + reached - share ELSE reached - share END AS DECIMAL(18, 9)) AS low,
    CAST(CASE WHEN overlay THEN 1 + reached WHEN abs(reached - 1) < 0.000001 THEN 1 ELSE reached END AS DECIMAL(18, 9)) AS high
  FROM shared
),
owned AS (
  SELECT DISTINCT deal_id FROM shared WHERE NOT overlay
),
covered AS (
  SELECT
    f.measure, f.fact_id, c.role, c.person_id, f.on_day, f.customer_id, f.contract_id, f.amount, f.currency, f.known_at,
    c.from_on,
    coalesce(c.share, CAST(1 AS DECIMAL(18, 9))) AS share,
    sum(coalesce(c.share, CAST(1 AS DECIMAL(18, 9)))) OVER (
      PARTITION BY f.measure, f.fact_id, c.role ORDER BY c.person_id, c.from_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached
  FROM amount_facts AS f
  JOIN wanted AS w ON w.measure = f.measure AND w.who NOT IN ('deal_shares', 'owner')
  JOIN coverage AS c ON c.customer_id = f.customer_id AND c.role = w.who
    AND c.from_on <= f.on_day AND (c.to_on IS NULL OR f.on_day < c.to_on)
)
SELECT
  f.measure, f.fact_id, w.who, b.person_id, b.low, b.high, f.on_day, f.customer_id, f.contract_id, f.amount, f.currency,
  f.known_at
FROM amount_facts AS f
JOIN wanted AS w ON w.measure = f.measure AND w.who = 'deal_shares'
JOIN by_share AS b ON b.deal_id = f.deal_id
WHERE f.deal_id <> ''
UNION ALL
SELECT
  f.measure, f.fact_id, w.who, f.owner_id AS person_id, CAST(0 AS DECIMAL(18, 9)) AS low,
  CAST(1 AS DECIMAL(18, 9)) AS high, f.on_day, f.customer_id, f.contract_id, f.amount, f.currency, f.known_at
FROM amount_facts AS f
JOIN wanted AS w ON w.measure = f.measure AND w.who IN ('deal_shares', 'owner')
LEFT JOIN owned AS o ON o.deal_id = f.deal_id
WHERE f.owner_id <> '' AND (w.who = 'owner' OR o.deal_id IS NULL)
UNION ALL
SELECT
  measure, fact_id, role AS who, person_id, CAST(reached - share AS DECIMAL(18, 9)) AS low,
  CAST(CASE WHEN abs(reached - 1) < 0.000001 THEN 1 ELSE reached END AS DECIMAL(18, 9)) AS high, on_day,
  customer_id, contract_id, amount, currency, known_at
FROM covered
