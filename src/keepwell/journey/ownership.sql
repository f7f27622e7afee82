-- one row per customer and phase: on how many of its days somebody was named to stand behind the customer, and who does
-- now. Customers and phases without anybody are the orphans.
-- key: customer_id, stage
-- kept: yes
-- gives:
--   customer_id text      the customer
--   stage text            evaluate, install, adopt or use
--   from_on date!         the phase's first day
--   to_on date!           the first day after it; the day after the run's day where it lasts
--   days integer!         its days
--   owned_days integer!   those on which somebody was named
--   is_now boolean!       the phase that the customer is in
--   has_owner boolean!    somebody is named on the run's day
WITH shared AS (
  SELECT
    phase_days.customer_id,
    phase_days.stage,
    CAST(sum(date_diff(
      'day', greatest(phase_days.from_on, owned_days.from_on), least(phase_days.to_on, owned_days.to_on)
    )) AS BIGINT) AS owned_days
  FROM phase_days
  JOIN owned_days
    ON owned_days.customer_id = phase_days.customer_id
    AND owned_days.from_on < phase_days.to_on AND phase_days.from_on < owned_days.to_on
  GROUP BY phase_days.customer_id, phase_days.stage
),
owned_now AS (
  SELECT owned_days.customer_id
  FROM owned_days
  CROSS JOIN run_settings
  WHERE owned_days.from_on <= run_settings.today AND run_settings.today < owned_days.to_on
)
SELECT
  phase_days.customer_id,
  phase_days.stage,
  phase_days.from_on,
  phase_days.to_on,
  date_diff('day', phase_days.from_on, phase_days.to_on) AS days,
  coalesce(shared.owned_days, CAST(0 AS BIGINT)) AS owned_days,
  phase_days.to_on > run_settings.today AS is_now,
  owned_now.customer_id IS NOT NULL AS has_owner
FROM phase_days
CROSS JOIN run_settings
LEFT JOIN shared ON shared.customer_id = phase_days.customer_id AND shared.stage = phase_days.stage
LEFT JOIN owned_now ON owned_now.customer_id = phase_days.customer_id
