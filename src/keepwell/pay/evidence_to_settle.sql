-- one row per unit on whose answers a scored part may have paid, and that the books do not have as it is now: what is
-- written down when its period is closed
-- key: scenario, plan, version, part, person_id, window_month, period, level
-- kept: yes
-- gives:
--   scenario text          actual
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   level text             own, team or company: whose answers
--   settles integer        first month of the settlement period of the window
--   n integer              how many answers or cases
--   value number           what pay would use: the credible value, where there is one
--   observed number        the unit's own value
--   low number             lower end of its 95% interval
--   high number            upper end
--   z number               weight of the own value in the credible one
--   collective number      the value that has the rest of the weight
--   k number               how many answers make z one half; null: infinitely many, or there is no z
SELECT
  scenario, plan, version, part, person_id, window_month, period, level, settles, n, value, observed, low, high, z,
  collective, k
FROM evidence_levels
WHERE scenario = 'actual' AND NOT is_settled
