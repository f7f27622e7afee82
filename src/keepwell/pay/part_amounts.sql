-- one row per person, part and period in which something was credited: what it adds up to
-- key: scenario, plan, version, part, person_id, use, period
-- per: person_id of credited
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is credited
--   use text               counted or base
--   period integer         the period's first month
--   counted money          their sum, in the plan's currency
--   facts integer          how many facts
--   known_at timestamp     when we learned the last of them
SELECT
  scenario, plan, version, part, person_id, use, period,
  CAST(sum(counted) AS DECIMAL(18, 4)) AS counted, count(*) AS facts, max(known_at) AS known_at
FROM credited
WHERE use <> 'also' AND counted IS NOT NULL
GROUP BY scenario, plan, version, part, person_id, use, period
