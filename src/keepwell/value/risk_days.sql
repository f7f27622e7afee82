-- one row per month of the last three years, and the run's day: what was known before it, and who could leave in it
-- key: at_no
-- gives:
--   at_no integer       the month, as year × 12 + month; of the run's day one more than its month
--   at_on date!         its first day; the run's day
--   before_on date!     what happened before this day was known: the first of the month; the day after the run's
--   is_now boolean!     the run's day
--   is_over boolean!    the month is over
--   judges boolean!     a year ago or a little more: models are fitted on what was over before it, and judged by what came since
--   is_looked boolean!  customers are looked at: on the run's day, and where a day of valuing lies in the month
--   known_on date       the first such day (at_on) before which the month was over; null: it is not
--   signs_no integer!   the month, of this or one of the two before it, whose signs are looked at: a quarter's first
WITH now AS (
  SELECT
    run_settings.today,
    run_settings.year_starts,
    CAST(year(run_settings.today) * 12 + month(run_settings.today) AS BIGINT) AS today_no
  FROM run_settings
),
valued AS (
  SELECT
    year(value_moments.at_on) * 12 + month(value_moments.at_on) AS at_no,
    max(CASE WHEN value_moments.judges THEN 1 ELSE 0 END) = 1 AS judges
  FROM value_moments
  WHERE NOT value_moments.is_today
  GROUP BY year(value_moments.at_on) * 12 + month(value_moments.at_on)
),
days AS (
  SELECT
    CAST(year(local_days.day) * 12 + month(local_days.day) AS BIGINT) AS at_no,
    local_days.day AS at_on,
    local_days.day AS before_on,
    FALSE AS is_now,
    now.today_no,
    now.year_starts
  FROM local_days
  CROSS JOIN now
  WHERE day(local_days.day) = 1 AND local_days.day <= now.today
    AND year(local_days.day) * 12 + month(local_days.day) >= now.today_no - 36
  UNION ALL
  SELECT now.today_no + 1, now.today, now.today + 1, TRUE, now.today_no, now.year_starts FROM now
),
placed AS (
  SELECT
    days.*,
    days.is_now OR valued.at_no IS NOT NULL AS is_looked,
    coalesce(valued.judges, FALSE) AS judges
  FROM days
  LEFT JOIN valued ON valued.at_no = days.at_no AND NOT days.is_now
)
SELECT
  placed.at_no,
  placed.at_on,
  placed.before_on,
  placed.is_now,
  placed.at_no < placed.today_no AS is_over,
  placed.judges,
  placed.is_looked,
  min(CASE WHEN placed.is_looked THEN placed.at_on END) OVER (
    ORDER BY placed.at_no ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
  ) AS known_on,
  CASE WHEN placed.is_now THEN placed.at_no ELSE placed.at_no - (placed.at_no - placed.year_starts) % 3 END AS signs_no
FROM placed
