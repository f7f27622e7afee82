-- one row per span, method of crediting, department and person: which part of what customers gained it would give them. For
-- comparison: the ledger is by `owen`. `equal`: each person the same; `time_decay`: by their days, halved every seven;
-- `declared`: by deal shares and coverage; `saves`: of saved customers only, who rescued them; `markov`: by how many of the
-- ways each department stands on (reach, not cause; departments alone). Estimates and losses are in none.
-- key: from_on, to_on, method, department, person_id
-- kept: yes
-- gives:
--   from_on date       the span's first day
--   to_on date         the day as of which it ends
--   method text        owen, equal, time_decay, declared, saves or markov
--   department text    the department; nobody
--   person_id text     '' the department's, or nobody's
--   share share!       of what the method shares out in the span
--   amount money!      that part, in the company's currency; of other methods than owen rounded one by one
WITH gained AS (
  SELECT gains.span_no, spans.from_on, spans.to_on, gains.gained
  FROM credit_gains AS gains
  JOIN credit_spans AS spans ON spans.span_no = gains.span_no
  WHERE gains.gained > 0
),
weights AS (
  SELECT 'equal' AS method, span_no, department, person_no, CAST(1 AS BIGINT) AS weight FROM credit_behind
  UNION ALL
  SELECT 'time_decay', span_no, department, person_no, weight FROM credit_days
  UNION ALL
  SELECT method, span_no, department, person_no, weight FROM credit_declared
),
totals AS (
  SELECT weights.method, weights.span_no, sum(weights.weight) AS total
  FROM weights
  GROUP BY weights.method, weights.span_no
),
parts AS (
  SELECT
    gained.from_on, gained.to_on, weights.method, weights.department, weights.person_no,
    sum(CAST(gained.gained AS DECIMAL(38, 4))
      * CAST(CAST(floor(CAST(weights.weight AS DOUBLE) / CAST(totals.total AS DOUBLE) * 1000000000 + 0.5) AS BIGINT)
        AS DECIMAL(18, 0))) AS billionths
  FROM weights
  JOIN totals ON totals.method = weights.method AND totals.span_no = weights.span_no
  JOIN gained ON gained.span_no = weights.span_no
  GROUP BY gained.from_on, gained.to_on, weights.method, weights.department, weights.person_no
),
given AS (
  SELECT
    parts.from_on, parts.to_on, parts.method, parts.department, people.person_id,
    CAST(round_even(CAST(parts.billionths AS DECIMAL(38, 4)) * CAST(0.000000001 AS DECIMAL(10, 9)), 4) AS DECIMAL(18, 4)) AS amount
  FROM parts
  JOIN (SELECT DISTINCT people_by_day.person_no, people_by_day.person_id FROM people_by_day) AS people
    ON people.person_no = parts.person_no
  UNION ALL
  SELECT ledger.from_on, ledger.to_on, 'owen', ledger.department, ledger.person_id, CAST(sum(ledger.amount) AS DECIMAL(18, 4))
  FROM credit_ledger AS ledger
  WHERE ledger.amount > 0 AND ledger.cause <> 're_estimated'
  GROUP BY ledger.from_on, ledger.to_on, ledger.department, ledger.person_id
  UNION ALL
  SELECT gained.from_on, gained.to_on, methods.method, 'nobody', '', CAST(sum(gained.gained) AS DECIMAL(18, 4))
  FROM gained
  CROSS JOIN (SELECT 'equal' AS method UNION ALL SELECT 'time_decay' UNION ALL SELECT 'declared') AS methods
  LEFT JOIN totals ON totals.method = methods.method AND totals.span_no = gained.span_no
  WHERE totals.total IS NULL
  GROUP BY gained.from_on, gained.to_on, methods.method
  UNION ALL
  SELECT
    sums.from_on, sums.to_on, 'markov', credit_reach.department, '',
    CAST(round_even(CAST(sums.gained AS DECIMAL(38, 4)) * credit_reach.share, 4) AS DECIMAL(18, 4))
  FROM (SELECT gained.from_on, gained.to_on, sum(gained.gained) AS gained FROM gained GROUP BY gained.from_on, gained.to_on)
    AS sums
  JOIN credit_reach ON credit_reach.from_on = sums.from_on AND credit_reach.to_on = sums.to_on
),
wholes AS (
  SELECT given.from_on, given.to_on, given.method, CAST(sum(given.amount) AS DECIMAL(38, 4)) AS whole
  FROM given
  GROUP BY given.from_on, given.to_on, given.method
)
SELECT
  given.from_on, given.to_on, given.method, given.department, given.person_id,
  CAST(coalesce(round_even(quotient(CAST(given.amount AS DECIMAL(38, 4)), wholes.whole), 9), 0) AS DECIMAL(18, 9)) AS share,
  given.amount
FROM given
JOIN wholes ON wholes.from_on = given.from_on AND wholes.to_on = given.to_on AND wholes.method = given.method
