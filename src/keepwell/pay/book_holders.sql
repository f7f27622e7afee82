-- one row per fact that counts by a plan's book, role and person who held the customer on the period's day: since when,
-- and what share. An exception puts one person in the place of all, or lets it
-- count for nobody.
-- key: scenario, plan, version, measure, fact_id, who, person_id, low
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   measure text         the amount measure
--   fact_id text         the fact
--   who text             book:ROLE
--   person_id text       who held the customer; as the plan writes it, where an exception says it
--   low share            where the person's share begins
--   high share           where it ends
--   period integer       the plan's period
--   on_day date          the fact's day
--   held_on date         the day that decides
--   held_since date      held without a break from this day on; null by exception
--   is_held boolean      for long enough, and no exception says nobody
--   is_new boolean       taken over in the time of grace, after nobody had the customer for long enough
--   exception integer    the exception's number; null none
WITH asked AS (
  SELECT DISTINCT scenario, plan, version, measure, who, substring(who, 6) AS role
  FROM plan_credit
  WHERE starts_with(who, 'book:')
),
facts AS (
  SELECT
    a.scenario, a.plan, a.version, a.measure, a.who, a.role, f.fact_id, f.customer_id, f.on_day, b.period, b.held_on,
    b.since_on, b.grace_from, b.unmanaged_days
  FROM asked AS a
  JOIN plan_books AS b ON b.scenario = a.scenario AND b.plan = a.plan AND b.version = a.version
  JOIN amount_facts AS f ON f.measure = a.measure AND b.from_on <= f.on_day AND f.on_day < b.to_on
),
excepted AS (
  SELECT
    f.scenario, f.plan, f.version, f.measure, f.who, f.fact_id, min(e.exception) AS exception, min(e.person) AS person
  FROM facts AS f
  JOIN plan_book_exceptions AS e ON e.scenario = f.scenario AND e.plan = f.plan AND e.version = f.version
    AND e.who = f.who AND e.does <> 'spares' AND e.from_on <= f.on_day AND f.on_day < e.to_on
    AND (f.customer_id = e.customer OR f.customer_id LIKE concat('%:', e.customer))
  GROUP BY f.scenario, f.plan, f.version, f.measure, f.who, f.fact_id
),
covered AS (
  SELECT
    f.scenario, f.plan, f.version, f.measure, f.who, f.role, f.fact_id, f.customer_id, f.on_day, f.period, f.held_on,
    f.since_on, f.grace_from, f.unmanaged_days, c.person_id, c.from_on, e.exception,
    coalesce(c.share, CAST(1 AS DECIMAL(18, 9))) AS share,
    sum(coalesce(c.share, CAST(1 AS DECIMAL(18, 9)))) OVER (
      PARTITION BY f.scenario, f.plan, f.version, f.measure, f.who, f.fact_id ORDER BY c.person_id, c.from_on
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS reached
  FROM facts AS f
  JOIN coverage AS c ON c.customer_id = f.customer_id AND c.role = f.role
    AND c.from_on <= f.held_on AND (c.to_on IS NULL OR f.held_on < c.to_on)
  LEFT JOIN excepted AS e ON e.scenario = f.scenario AND e.plan = f.plan AND e.version = f.version
    AND e.measure = f.measure AND e.who = f.who AND e.fact_id = f.fact_id
  WHERE e.fact_id IS NULL OR e.person = ''
)
SELECT
  c.scenario, c.plan, c.version, c.measure, c.fact_id, c.who, c.person_id,
  CAST(c.reached - c.share AS DECIMAL(18, 9)) AS low,
  CAST(CASE WHEN abs(c.reached - 1) < 0.000001 THEN 1 ELSE c.reached END AS DECIMAL(18, 9)) AS high,
  c.period, c.on_day, c.held_on, s.from_on AS held_since, c.exception IS NULL AND s.from_on <= c.since_on AS is_held,
  coalesce(s.from_on >= c.grace_from AND date_diff('day', s.alone_since, s.from_on) >= c.unmanaged_days, false) AS is_new,
  c.exception
FROM covered AS c
JOIN book_spans AS s ON s.customer_id = c.customer_id AND s.role = c.role AND s.person_id = c.person_id
  AND s.from_on <= c.from_on AND (s.to_on IS NULL OR c.from_on < s.to_on)
UNION ALL
SELECT
  e.scenario, e.plan, e.version, e.measure, e.fact_id, e.who, e.person AS person_id, CAST(0 AS DECIMAL(18, 9)) AS low,
  CAST(1 AS DECIMAL(18, 9)) AS high, f.period, f.on_day, f.held_on, CAST(NULL AS DATE) AS held_since, true AS is_held,
  false AS is_new, e.exception
FROM excepted AS e
JOIN facts AS f ON f.scenario = e.scenario AND f.plan = e.plan AND f.version = e.version AND f.measure = e.measure
  AND f.who = e.who AND f.fact_id = e.fact_id
WHERE e.person <> ''
