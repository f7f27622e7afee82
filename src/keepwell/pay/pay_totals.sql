-- one row per person, plan, part and settlement period: what was earned, held, released, taken back, and is payable
-- key: scenario, person_id, plan, version, part, period
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   person_id text         who is paid
--   plan text              the plan
--   version text           its version
--   part text              the part; '' recovery
--   period integer         first month of the settlement period
--   rewards text           what the part rewards; '' recovery
--   status text            settled or open
--   currency text          of all amounts
--   earned money           earned in this period
--   held money             put on hold, less what left the hold
--   advanced money         advanced, less what became earned or was taken back
--   released money         released from holds
--   taken_back money       taken back
--   recovered money        recovered, less what was put off
--   payable money          payable in this period
--   lines integer          how many lines
SELECT
  scenario, person_id, plan, version, part, period, max(rewards) AS rewards, min(status) AS status,
  max(currency) AS currency,
  CAST(sum(earned) AS DECIMAL(18, 4)) AS earned, CAST(sum(held) AS DECIMAL(18, 4)) AS held,
  CAST(sum(advanced) AS DECIMAL(18, 4)) AS advanced,
  CAST(sum(CASE WHEN movement = 'released' THEN amount ELSE 0 END) AS DECIMAL(18, 4)) AS released,
  CAST(sum(CASE WHEN movement = 'taken_back' THEN -amount ELSE 0 END) AS DECIMAL(18, 4)) AS taken_back,
  CAST(sum(CASE WHEN movement IN ('recovered', 'put_off') THEN -amount ELSE 0 END) AS DECIMAL(18, 4)) AS recovered,
  CAST(sum(payable) AS DECIMAL(18, 4)) AS payable, count(*) AS lines
FROM pay_lines
GROUP BY scenario, person_id, plan, version, part, period
