-- one row per fact that counts by a plan's book and person who held the customer: does it count for them, and if not, why?
-- Losses are renewals that were due and did not come, or came for less; where they are spared, neither what was due nor what
-- was renewed counts. A renewal in another currency is compared at the rates of its day, and without rates is none.
-- key: scenario, plan, version, measure, fact_id, who, person_id, low
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   measure text         the amount measure
--   fact_id text         the fact
--   who text             book:ROLE
--   person_id text       who held the customer
--   low share            where the person's share begins
--   high share           where it ends
--   period integer       the plan's period
--   on_day date          the fact's day
--   customer_id text     the customer
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        of the amount
--   known_at timestamp   when we learned of the fact
--   held_on date         the day that decides
--   held_since date      held without a break from this day on; null by exception
--   counts boolean       it counts for the person
--   why text             '' held; too short, grace, or exception
--   because text         of an exception: why; '' none
--   approved_by text     of an exception: by whom; '' none
WITH due AS (
  SELECT fact_id FROM book_holders WHERE measure = 'annual_value_due'
  UNION
  SELECT n.renews_id AS fact_id
  FROM book_holders AS h
  JOIN contracts AS n ON n.contract_id = h.fact_id AND n.renews_id IS NOT NULL
  WHERE h.measure IN ('renewed_annual_value', 'saved')
),
sums AS (
  SELECT
    f.fact_id, f.contract_id, f.amount, coalesce(max(o.rate), 1) AS own_rate,
    sum(CASE WHEN r.currency = f.currency THEN r.amount END) AS renewed,
    sum(CASE WHEN r.currency <> f.currency AND o.rate IS NOT NULL
      THEN CAST(r.amount AS DECIMAL(38, 4)) * CAST(x.rate AS DECIMAL(18, 9)) END) AS elsewhere
  FROM due AS d
  JOIN amount_facts AS f ON f.measure = 'annual_value_due' AND f.fact_id = d.fact_id
  LEFT JOIN contracts AS n ON n.renews_id = f.contract_id
  LEFT JOIN amount_facts AS r ON r.measure = 'renewed_annual_value' AND r.fact_id = n.contract_id
  LEFT JOIN exchange_days AS x ON x.currency = r.currency AND x.on_day = r.on_day
  LEFT JOIN exchange_days AS o ON o.currency = f.currency AND o.on_day = r.on_day
  GROUP BY f.fact_id, f.contract_id, f.amount
),
lost AS (
  SELECT DISTINCT fact_id, contract_id
  FROM sums
  WHERE coalesce(elsewhere, 0) < CAST(amount - coalesce(renewed, 0) AS DECIMAL(38, 4)) * CAST(own_rate AS DECIMAL(18, 9))
),
losses AS (
  SELECT 'annual_value_due' AS measure, fact_id FROM lost
  UNION
  SELECT m.measure, n.contract_id AS fact_id
  FROM lost AS l
  JOIN contracts AS n ON n.renews_id = l.contract_id
  CROSS JOIN (VALUES ('renewed_annual_value'), ('saved')) AS m(measure)
),
facts AS (  -- of the measures that books count: none, where no plan has a book
  SELECT f.* FROM (SELECT DISTINCT measure FROM book_holders) AS b JOIN amount_facts AS f ON f.measure = b.measure
),
spared AS (
  SELECT h.scenario, h.plan, h.version, h.measure, h.fact_id, min(e.exception) AS exception
  FROM book_holders AS h
  JOIN losses AS l ON l.measure = h.measure AND l.fact_id = h.fact_id
  JOIN facts AS f ON f.measure = h.measure AND f.fact_id = h.fact_id
  JOIN plan_book_exceptions AS e ON e.scenario = h.scenario AND e.plan = h.plan AND e.version = h.version
    AND e.who = h.who AND e.does = 'spares' AND e.from_on <= h.on_day AND h.on_day < e.to_on
    AND (f.customer_id = e.customer OR f.customer_id LIKE concat('%:', e.customer))
  GROUP BY h.scenario, h.plan, h.version, h.measure, h.fact_id
),
judged AS (
  SELECT
    h.scenario, h.plan, h.version, h.measure, h.fact_id, h.who, coalesce(w.person_id, h.person_id) AS person_id, h.low, h.high,
    h.period, h.on_day, f.customer_id, f.contract_id, f.amount, f.currency, f.known_at, h.held_on, h.held_since,
    coalesce(h.exception, s.exception) AS exception,
    CASE WHEN h.exception IS NOT NULL OR s.exception IS NOT NULL THEN 'exception' WHEN NOT h.is_held THEN 'too short'
      WHEN h.is_new AND l.fact_id IS NOT NULL THEN 'grace' ELSE '' END AS why,
    s.exception IS NULL AND h.is_held AND NOT (h.is_new AND l.fact_id IS NOT NULL) AS counts
  FROM book_holders AS h
  JOIN facts AS f ON f.measure = h.measure AND f.fact_id = h.fact_id
  LEFT JOIN losses AS l ON l.measure = h.measure AND l.fact_id = h.fact_id
  LEFT JOIN spared AS s ON s.scenario = h.scenario AND s.plan = h.plan AND s.version = h.version
    AND s.measure = h.measure AND s.fact_id = h.fact_id
  LEFT JOIN people AS w ON h.exception IS NOT NULL AND w.person_id <> h.person_id
    AND w.person_id LIKE concat('%:', h.person_id)
)
SELECT
  j.scenario, j.plan, j.version, j.measure, j.fact_id, j.who, j.person_id, j.low, j.high, j.period, j.on_day,
  j.customer_id, j.contract_id, j.amount, j.currency, j.known_at, j.held_on, j.held_since, j.counts, j.why, coalesce(e.because, '') AS because,
  coalesce(e.approved_by, '') AS approved_by
FROM judged AS j
LEFT JOIN plan_book_exceptions AS e ON e.scenario = j.scenario AND e.plan = j.plan AND e.version = j.version
  AND e.exception = j.exception AND e.who = j.who
