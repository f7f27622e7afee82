-- one row per month of the last three years, and the run's day: what was known before it, and who could leave in it
-- key: at_no
-- gives:
--   at_no integer       the month, as year × 12 + month; of the run's day one more than its month
--   before_on date!     what happened before this day was known: the first of the month; the day after the run's
--   is_now boolean!     the run's day
--   is_over boolean!    the month is over
--   judges boolean!     a year ago: models are fitted on what was over before it, and judged by the year since
--   signs_no integer!   the month, of this or one of the two before it, whose signs are looked at
WITH now AS (
  SELECT run_settings.today, CAST(year(run_settings.today) * 12 + month(run_settings.today) AS BIGINT) AS today_no
  FROM run_settings
),
days AS (
  SELECT
    CAST(year(local_days.day) * 12 + month(local_days.day) AS BIGINT) AS at_no,
    local_days.day AS before_on,
    FALSE AS is_now,
    now.today_no
  FROM local_days
  CROSS JOIN now
  WHERE day(local_days.day) = 1 AND local_days.day <= now.today
    AND year(local_days.day) * 12 + month(local_days.day) >= now.today_no - 36
  UNION ALL
  SELECT now.today_no + 1, now.today + 1, TRUE, now.today_no FROM now
)
SELECT
  days.at_no,
  days.before_on,
  days.is_now,
  days.at_no < days.today_no AS is_over,
  days.at_no = days.today_no - 12 AS judges,
  CASE WHEN days.is_now THEN days.at_no ELSE days.at_no - (days.at_no + 36 - days.today_no) % 3 END AS signs_no
FROM days
