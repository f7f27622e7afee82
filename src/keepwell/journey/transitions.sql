-- one row per pair of stages that customers went through one after the other: how often, and how long they had been in
-- the first. With several ways round the middle, the median is the mean of the two middle ones.
-- key: from_stage, to_stage
-- kept: yes
-- gives:
--   from_stage text        the stage that was left
--   to_stage text          the stage that was entered
--   count integer!         how many times
--   customers integer!     by how many customers
--   mean_hours number!     hours from entering the first to entering the second, on average
--   median_hours number!   the same, in the middle
WITH steps AS (
  SELECT
    stage_visits.stage AS from_stage,
    stage_visits.next_stage AS to_stage,
    stage_visits.customer_no,
    epoch_us(stage_visits.next_at) - epoch_us(stage_visits.entered_at) AS took
  FROM stage_visits
  WHERE stage_visits.next_stage IS NOT NULL
),
ranked AS (
  SELECT
    steps.from_stage,
    steps.to_stage,
    steps.customer_no,
    steps.took,
    row_number() OVER (
      PARTITION BY steps.from_stage, steps.to_stage ORDER BY steps.took, steps.customer_no
    ) AS nth,
    count(*) OVER (PARTITION BY steps.from_stage, steps.to_stage) AS many
  FROM steps
)
SELECT
  ranked.from_stage,
  ranked.to_stage,
  count(*) AS count,
  count(DISTINCT ranked.customer_no) AS customers,
  CAST(round_even(quotient(sum(ranked.took), count(*) * 3600000000), 6) AS DECIMAL(18, 6)) AS mean_hours,
  CAST(round_even(quotient(
    sum(CASE WHEN ranked.nth * 2 IN (ranked.many, ranked.many + 1, ranked.many + 2) THEN ranked.took ELSE 0 END),
    CASE WHEN count(*) % 2 = 0 THEN 7200000000 ELSE 3600000000 END
  ), 6) AS DECIMAL(18, 6)) AS median_hours
FROM ranked
GROUP BY ranked.from_stage, ranked.to_stage
