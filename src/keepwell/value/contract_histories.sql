-- one row per customer under contract and day of valuing: since when they are there, how often they have renewed, what
-- runs, when it comes to renewal next, and whether they gave notice or left; all as known before that day.
-- A contract counts from its first day until the one that renews it begins, it is ended, or its term is over for longer
-- than the window `lapse` (30 days): until then it waits for an answer. Who has no such contract any more has left on the
-- day of the last end. A contract without a term renews every month. Of several contracts, that of the largest yearly value
-- says when it comes to renewal next.
-- key: at_on, customer_id
-- kept: yes
-- gives:
--   at_on date            the day of valuing
--   customer_id text      the customer
--   segment text!         '' none
--   since_on date!        the first day of the first contract
--   term_months integer!  the length of the longest term
--   renewals integer!     renewals made, in terms of that length
--   annual_value money!   of the contracts that run or wait for an answer, in the company's currency
--   renews_on date        the end of the term that runs, of the largest contract with an end; null: none has one, or left
--   notice_on date        the day of the last notice that stands (contract_notices)
--   left_on date          the day of leaving; null: still there
WITH settings AS (
  SELECT coalesce(max(CASE WHEN windows.name = 'lapse' THEN windows.days END), 30) AS lapse FROM windows
),
begun AS (
  SELECT
    value_moments.at_on,
    value_moments.before_on,
    valued_contracts.contract_id,
    valued_contracts.customer_id,
    valued_contracts.segment,
    valued_contracts.starts_on,
    valued_contracts.ends_on,
    valued_contracts.renews_id,
    valued_contracts.annual_value,
    CASE WHEN contract_notices.from_on < value_moments.before_on AND value_moments.before_on <= contract_notices.answered_on
         THEN contract_notices.notice_on END AS notice_on,
    CASE WHEN valued_contracts.ended_on < value_moments.before_on
           THEN least(valued_contracts.ended_on, coalesce(valued_contracts.ends_on, valued_contracts.ended_on))
         WHEN date_diff('day', valued_contracts.ends_on, value_moments.before_on) > settings.lapse + 1
           THEN valued_contracts.ends_on
         ELSE CAST('9999-12-31' AS DATE) END AS over_on
  FROM valued_contracts
  CROSS JOIN value_moments
  CROSS JOIN settings
  LEFT JOIN contract_notices ON contract_notices.contract_id = valued_contracts.contract_id
  WHERE valued_contracts.starts_on < value_moments.before_on
),
renewed AS (
  SELECT begun.at_on, begun.renews_id AS contract_id, min(begun.starts_on) AS next_on
  FROM begun
  WHERE begun.renews_id <> '' AND begun.starts_on < begun.over_on
  GROUP BY begun.at_on, begun.renews_id
),
placed AS (
  SELECT
    begun.at_on, begun.before_on, begun.customer_id, begun.segment, begun.starts_on, begun.ends_on, begun.annual_value,
    begun.notice_on,
    least(begun.over_on, coalesce(renewed.next_on, begun.over_on)) AS over_on,
    renewed.contract_id IS NULL AND begun.over_on = CAST('9999-12-31' AS DATE) AS runs
  FROM begun
  LEFT JOIN renewed ON renewed.at_on = begun.at_on AND renewed.contract_id = begun.contract_id
),
known AS (
  SELECT
    placed.at_on,
    placed.customer_id,
    max(placed.before_on) AS before_on,
    max(placed.segment) AS segment,
    min(placed.starts_on) AS since_on,
    max(placed.starts_on) AS last_on,
    max(date_diff('day', placed.starts_on, placed.ends_on)) AS term_days,
    CAST(sum(CASE WHEN placed.runs THEN placed.annual_value ELSE 0 END) AS DECIMAL(18, 4)) AS annual_value,
    -- the largest, and of those the one that ends first: days since 1970 to its end are 9999999 less the last seven digits
    max(CASE WHEN placed.runs AND placed.ends_on IS NOT NULL
             THEN CAST(floor(least(greatest(placed.annual_value, 0), 100000000000)) AS BIGINT) * 10000000 + 9999999
               - date_diff('day', CAST('1970-01-01' AS DATE), placed.ends_on) END) AS largest,
    max(placed.notice_on) AS notice_on,
    max(placed.over_on) AS over_on
  FROM placed
  GROUP BY placed.at_on, placed.customer_id
),
counted AS (
  SELECT
    known.*,
    greatest((coalesce(known.term_days, 30) * 24 + 365) // 730, 1) AS term_months,
    -- a term without an end renews as time goes; the others when the next contract begins
    CASE WHEN known.term_days IS NULL
         THEN date_diff('day', known.since_on, least(known.over_on, known.before_on - 1))
         ELSE date_diff('day', known.since_on, known.last_on) + least(30, known.term_days // 2) END AS renewed_days
  FROM known
)
SELECT
  counted.at_on,
  counted.customer_id,
  counted.segment,
  counted.since_on,
  CAST(counted.term_months AS BIGINT) AS term_months,
  CAST(greatest(counted.renewed_days, 0) * 12 // (365 * counted.term_months) AS BIGINT) AS renewals,
  counted.annual_value,
  CAST('1970-01-01' AS DATE) + CAST(9999999 - counted.largest % 10000000 AS INTEGER) AS renews_on,
  counted.notice_on,
  nullif(counted.over_on, CAST('9999-12-31' AS DATE)) AS left_on
FROM counted
