-- one row per customer, span and person who is declared to stand behind the customer, or saved them: by shares of the deals
-- won in the span; where there is none, by coverage (each role by its share and the days of the span on which it was
-- held); and, as a method of its own, who first tried to keep a customer who was then saved.
-- key: method, span_no, department, person_no
-- gives:
--   method text          declared or saves
--   span_no integer      the customer and span, as in credit_spans
--   department text      in which the person worked at its end; other: none is known
--   person_no integer    the person's place in the order of ids
--   weight integer!      how much counts for the person, in billionths
WITH shared AS (
  SELECT spans.span_no, spans.to_on, spans.before_on, deal_shares.person_id,
    sum(deal_shares.share) AS weight
  FROM deals
  JOIN credit_spans AS spans ON spans.customer_id = deals.customer_id AND spans.from_on <= deals.closed_on
    AND deals.closed_on < spans.before_on
  JOIN deal_shares ON deal_shares.deal_id = deals.deal_id AND NOT coalesce(deal_shares.overlay, FALSE)
  WHERE deals.outcome = 'won'
  GROUP BY spans.span_no, spans.to_on, spans.before_on, deal_shares.person_id
),
dealt AS (
  SELECT DISTINCT shared.span_no FROM shared
),
covered AS (
  SELECT spans.span_no, spans.to_on, spans.before_on, coverage.person_id,
    sum(coalesce(coverage.share, CAST(1 AS DECIMAL(18, 9))) * date_diff('day', greatest(coverage.from_on, spans.from_on),
      least(coalesce(coverage.to_on, spans.before_on), spans.before_on))) AS weight
  FROM coverage
  JOIN credit_spans AS spans ON spans.customer_id = coverage.customer_id AND coverage.from_on < spans.before_on
    AND (coverage.to_on IS NULL OR spans.from_on < coverage.to_on)
  LEFT JOIN dealt ON dealt.span_no = spans.span_no
  WHERE dealt.span_no IS NULL
  GROUP BY spans.span_no, spans.to_on, spans.before_on, coverage.person_id
),
saved AS (
  SELECT spans.span_no, spans.to_on, spans.before_on, facts.owner_id AS person_id, count(*) AS weight
  FROM amount_facts AS facts
  JOIN credit_spans AS spans ON spans.customer_id = facts.customer_id AND spans.from_on <= facts.on_day
    AND facts.on_day < spans.before_on
  WHERE facts.measure = 'saved' AND facts.owner_id <> ''
  GROUP BY spans.span_no, spans.to_on, spans.before_on, facts.owner_id
),
named AS (
  SELECT 'declared' AS method, span_no, to_on, person_id,
    CAST(floor(weight * 1000000000) AS BIGINT) AS weight FROM shared
  UNION ALL
  SELECT 'declared', span_no, to_on, person_id, CAST(floor(weight * 1000000000) AS BIGINT) FROM covered
  UNION ALL
  SELECT 'saves', span_no, to_on, person_id, weight * 1000000000 FROM saved
)
SELECT
  named.method, named.span_no,
  CASE WHEN people_by_day.department = '' THEN 'other' ELSE people_by_day.department END AS department,
  people_by_day.person_no,
  named.weight
FROM named
JOIN people_by_day ON people_by_day.person_id = named.person_id AND people_by_day.from_on <= named.to_on
  AND named.to_on < people_by_day.to_on
WHERE people_by_day.person_no > 0 AND named.weight > 0
