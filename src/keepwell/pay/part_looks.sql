-- one row per person, part, window and settlement period in which it was evaluated: what the part pays as seen then, and
-- as seen before. What a fact's share of it changes from look to look are movements.
-- key: scenario, plan, version, part, person_id, window_month, settles
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer   the window's first month
--   settles integer        first month of the settlement period
--   next_settles integer   that of the next look; null: this is the last
--   period integer         the last period evaluated in it
--   pay money              what the part pays so far
--   counted money          what the window weighs so far: what it counted, with kickers
--   before_period integer  the last period evaluated in the look before; null: this is the first
--   before_pay money       what the part paid then; 0 at the first look
--   before_counted money   what the window weighed then
WITH last_of AS (
  SELECT
    t.scenario, t.plan, t.version, t.part, t.person_id, t.window_month, t.settles, t.period, t.pay,
    coalesce(a.weighed, t.counted) AS counted,
    row_number() OVER (PARTITION BY t.scenario, t.plan, t.version, t.part, t.person_id, t.window_month, t.settles
      ORDER BY t.period DESC) AS place
  FROM part_totals AS t
  LEFT JOIN part_adjusted AS a ON a.scenario = t.scenario AND a.plan = t.plan AND a.version = t.version
    AND a.part = t.part AND a.person_id = t.person_id AND a.window_month = t.window_month AND a.period = t.period
  WHERE t.pay IS NOT NULL
)
SELECT
  scenario, plan, version, part, person_id, window_month, settles,
  lead(settles) OVER (PARTITION BY scenario, plan, version, part, person_id, window_month ORDER BY settles) AS next_settles,
  period, pay, counted,
  lag(period) OVER (PARTITION BY scenario, plan, version, part, person_id, window_month ORDER BY settles) AS before_period,
  coalesce(lag(pay) OVER (PARTITION BY scenario, plan, version, part, person_id, window_month ORDER BY settles), 0)
    AS before_pay,
  coalesce(lag(counted) OVER (PARTITION BY scenario, plan, version, part, person_id, window_month ORDER BY settles), 0)
    AS before_counted
FROM last_of
WHERE place = 1
