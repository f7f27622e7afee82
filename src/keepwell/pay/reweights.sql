-- one row per person, plan version and period with a part whose evidence was missing and whose weight is spread over
-- the other parts; what is paid on top has none of it to give, and gets none
-- key: scenario, plan, version, person_id, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   period integer         the period's first month
--   weight_units integer   the weight that is missing
SELECT
  e.scenario, e.plan, e.version, e.person_id, e.period, CAST(sum(p.weight_units) AS BIGINT) AS weight_units
FROM pay_evidence AS e
JOIN plan_parts AS p ON p.scenario = e.scenario AND p.plan = e.plan AND p.version = e.version AND p.part = e.part
WHERE e.stands_for = 'reweight' AND NOT p.on_top
GROUP BY e.scenario, e.plan, e.version, e.person_id, e.period
