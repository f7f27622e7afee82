-- one row per person, part and evaluation of its window: what was counted so far, against what, and for which target
-- key: scenario, plan, version, part, person_id, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   settles integer        first month of the settlement period in which that end lies
--   days integer           days under the plan
--   target_n exact         the part's target: numerator; null where it has none
--   target_d integer       its denominator
--   counted money          the window's credited facts up to the period's end
--   facts integer          how many
--   known_at timestamp     when we learned the last of them
--   base_n exact           what it is set against: numerator; null where that is missing
--   base_d integer         its denominator
WITH asked AS (
  SELECT
    p.scenario, p.plan, p.version, p.part, t.person_id, w.window_month, w.period, w.settles, t.days, p.measure, p.unit, p.span,
    p.to_date, p.base, l.part IS NOT NULL AND p.unit = 'company' AS pooled,
    CAST(t.target_n AS DECIMAL(38, 8)) * CAST(nullif(p.weight_units, 0) AS DECIMAL(18, 0)) AS target_n, t.target_d
  FROM plan_parts AS p
  JOIN plan_windows AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date
  JOIN window_targets AS t ON t.scenario = w.scenario AND t.plan = w.plan AND t.version = w.version
    AND t.beside = (p.on_top AND p.weight_units > 0) AND t.span = w.span AND t.to_date = w.to_date AND t.window_month = w.window_month AND t.period = w.period
    AND t.first_on < w.to_on AND w.from_on < t.end_on
  LEFT JOIN plan_pools AS l ON l.scenario = p.scenario AND l.plan = p.plan AND l.version = p.version
    AND l.part IN (p.part, p.for_part)
),
amounts AS (
  SELECT
    p.scenario, p.plan, p.version, p.part, a.person_id, w.window_month, w.period, a.use,
    CAST(sum(a.counted) AS DECIMAL(18, 4)) AS counted, CAST(sum(a.facts) AS BIGINT) AS facts,
    max(a.known_at) AS known_at
  FROM plan_parts AS p
  JOIN part_amounts AS a ON a.scenario = p.scenario AND a.plan = p.plan AND a.version = p.version AND a.part = p.part
  JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date AND w.within = a.period AND w.counts
  GROUP BY p.scenario, p.plan, p.version, p.part, a.person_id, w.window_month, w.period, a.use
)
SELECT
  k.scenario, k.plan, k.version, k.part, k.person_id, k.window_month, k.period, k.settles, k.days,
  CAST(k.target_n AS DECIMAL(38, 12)) AS target_n, k.target_d,
  CAST(coalesce(a.counted, 0) AS DECIMAL(18, 4)) AS counted, coalesce(a.facts, 0) AS facts, a.known_at,
  CASE k.base WHEN 'quota' THEN q.quota_n WHEN 'measure' THEN CAST(b.counted AS DECIMAL(38, 12)) END AS base_n,
  CASE k.base WHEN 'quota' THEN q.quota_d ELSE 1 END AS base_d
FROM asked AS k
LEFT JOIN amounts AS a ON a.scenario = k.scenario AND a.plan = k.plan AND a.version = k.version AND a.part = k.part
  AND a.person_id = k.person_id AND a.window_month = k.window_month AND a.period = k.period AND a.use = 'counted'
LEFT JOIN amounts AS b ON b.scenario = k.scenario AND b.plan = k.plan AND b.version = k.version AND b.part = k.part
  AND b.person_id = k.person_id AND b.window_month = k.window_month AND b.period = k.period AND b.use = 'base'
LEFT JOIN window_quotas AS q ON q.scenario = k.scenario AND q.plan = k.plan AND q.version = k.version
  AND q.measure = k.measure AND q.unit = k.unit AND q.pooled = k.pooled AND q.person_id = k.person_id AND q.span = k.span AND q.to_date = k.to_date
  AND q.window_month = k.window_month AND q.period = k.period
