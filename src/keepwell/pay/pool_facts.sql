-- one row per fact that counts in a pool shared by facts, person who was credited for it themselves, and evaluation of the
-- pool's window. Overlays stand beside a fact and are left out. Empty where no plan has such a pool.
-- key: scenario, plan, version, part, person_id, window_month, period, fact_id
-- per: person_id of credited
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who was credited
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   fact_id text           the fact
--   counted money          what it counted for them
SELECT
  l.scenario, l.plan, l.version, l.part, c.person_id, w.window_month, w.period, c.fact_id,
  CAST(sum(c.counted) AS DECIMAL(18, 4)) AS counted
FROM plan_pools AS l
JOIN plan_parts AS p ON p.scenario = l.scenario AND p.plan = l.plan AND p.version = l.version AND p.part = l.reading
JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
  AND w.span = p.span AND w.to_date = p.to_date AND w.counts
JOIN plan_credit AS r ON r.scenario = p.scenario AND r.plan = p.plan AND r.version = p.version AND r.part = p.part
  AND r.use = 'counted'
JOIN credited AS c ON c.scenario = r.scenario AND c.plan = r.plan AND c.version = r.version AND c.part = r.part
  AND c.use = r.use AND c.measure = r.measure AND c.credit_row = r.credit_row AND c.who = r.who AND c.period = w.within
WHERE c.counted IS NOT NULL AND (c.who <> 'deal_shares' OR c.low < r.high)
GROUP BY l.scenario, l.plan, l.version, l.part, c.person_id, w.window_month, w.period, c.fact_id
