-- one row per unbroken time in which somebody covered a customer in a role that a plan's book asks for. Days before which
-- nobody at all covered the customer are counted, where the customer was one all that time.
-- key: customer_id, role, person_id, from_on
-- gives:
--   customer_id text       whom
--   role text              as what
--   person_id text         who
--   from_on date           first day
--   to_on date             first day after; null still
--   alone_since date       from this day up to from_on nobody covered the customer; null: somebody did the day before
WITH roles AS (
  SELECT DISTINCT substring(c.who, 6) AS role FROM plan_credit AS c
  JOIN plan_books AS b ON b.scenario = c.scenario AND b.plan = c.plan AND b.version = c.version
  WHERE starts_with(c.who, 'book:')
),
rows_of AS (
  SELECT
    c.customer_id, c.role, c.person_id, c.from_on, coalesce(c.to_on, CAST('9999-12-31' AS DATE)) AS to_on,
    max(coalesce(c.to_on, CAST('9999-12-31' AS DATE))) OVER (PARTITION BY c.customer_id, c.role, c.person_id
      ORDER BY c.from_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
  FROM coverage AS c
  JOIN roles AS r ON r.role = c.role
),
numbered AS (
  SELECT
    rows_of.*,
    sum(CASE WHEN covered_to IS NULL OR from_on > covered_to THEN 1 ELSE 0 END) OVER (
      PARTITION BY customer_id, role, person_id ORDER BY from_on ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM rows_of
),
spans AS (
  SELECT customer_id, role, person_id, min(from_on) AS from_on, max(to_on) AS to_on
  FROM numbered
  GROUP BY customer_id, role, person_id, island
),
before AS (
  SELECT
    s.customer_id, s.role, s.person_id, s.from_on,
    max(CASE WHEN c.to_on IS NULL OR c.to_on > s.from_on THEN s.from_on ELSE c.to_on END) AS covered_to
  FROM spans AS s
  JOIN coverage AS c ON c.customer_id = s.customer_id AND c.from_on < s.from_on
  GROUP BY s.customer_id, s.role, s.person_id, s.from_on
),
known AS (
  SELECT k.customer_id, min(k.starts_on) AS first_on
  FROM contracts AS k
  JOIN (SELECT DISTINCT customer_id FROM spans) AS s ON s.customer_id = k.customer_id
  GROUP BY k.customer_id
)
SELECT
  s.customer_id, s.role, s.person_id, s.from_on,
  CASE WHEN s.to_on < CAST('9999-12-31' AS DATE) THEN s.to_on END AS to_on,
  nullif(greatest(coalesce(b.covered_to, k.first_on), k.first_on), s.from_on) AS alone_since
FROM spans AS s
LEFT JOIN before AS b ON b.customer_id = s.customer_id AND b.role = s.role AND b.person_id = s.person_id
  AND b.from_on = s.from_on
LEFT JOIN known AS k ON k.customer_id = s.customer_id
