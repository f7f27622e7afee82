-- one row per stage of the journey: how many customers were ever there, how many are now, and how long they stay.
-- key: stage
-- kept: yes
-- gives:
--   stage text             the stage
--   visits integer!        stays in it
--   customers integer!     customers who were ever in it
--   now integer!           customers whose last event was in it
--   events integer!        events in it
--   mean_hours number      hours of the stays that are over, on average
--   median_hours number    the same, in the middle
WITH stays AS (
  SELECT
    stage_visits.*,
    CASE WHEN stage_visits.next_at IS NOT NULL
         THEN epoch_us(stage_visits.next_at) - epoch_us(stage_visits.entered_at) END AS took
  FROM stage_visits
),
ranked AS (
  SELECT
    stays.*,
    row_number() OVER (PARTITION BY stays.stage ORDER BY stays.took NULLS LAST, stays.customer_no, stays.seq) AS nth,
    count(stays.took) OVER (PARTITION BY stays.stage) AS many
  FROM stays
)
SELECT
  ranked.stage,
  count(*) AS visits,
  count(DISTINCT ranked.customer_no) AS customers,
  count(*) - count(ranked.took) AS now,
  CAST(sum(ranked.events) AS BIGINT) AS events,
  CAST(round_even(quotient(sum(ranked.took), count(ranked.took) * 3600000000), 6) AS DECIMAL(18, 6)) AS mean_hours,
  CAST(round_even(quotient(
    sum(CASE WHEN ranked.nth * 2 IN (ranked.many, ranked.many + 1, ranked.many + 2) THEN ranked.took END),
    CASE WHEN count(ranked.took) = 0 THEN 0 WHEN count(ranked.took) % 2 = 0 THEN 7200000000 ELSE 3600000000 END
  ), 6) AS DECIMAL(18, 6)) AS median_hours
FROM ranked
GROUP BY ranked.stage
