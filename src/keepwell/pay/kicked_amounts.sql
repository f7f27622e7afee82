-- one row per person, part with kickers and period in which one of their facts fits: how much more all of them weigh than
-- they counted
-- key: scenario, plan, version, part, person_id, period
-- per: person_id of credited
-- gives:
--   scenario text     actual, or a what-if
--   plan text         the plan
--   version text      its version
--   part text         the part
--   person_id text    who is credited
--   period integer    the plan's period
--   extra money       what they weigh, each to four decimals, less what they counted
SELECT
  c.scenario, c.plan, c.version, c.part, c.person_id, c.period,
  CAST(sum(CAST(round_even(CAST(c.counted AS DECIMAL(38, 4)) * CAST(k.factor AS DECIMAL(18, 6)), 4) AS DECIMAL(18, 4))
    - c.counted) AS DECIMAL(18, 4)) AS extra
FROM fact_kickers AS k
JOIN credited AS c ON c.scenario = k.scenario AND c.plan = k.plan AND c.version = k.version AND c.part = k.part
  AND c.measure = k.measure AND c.fact_id = k.fact_id
WHERE c.use = 'counted' AND c.counted IS NOT NULL
GROUP BY c.scenario, c.plan, c.version, c.part, c.person_id, c.period
