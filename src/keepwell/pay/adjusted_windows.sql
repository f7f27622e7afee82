-- one row per person, evaluation of a window and part that is adjusted (conditions, multipliers, limits per period …) or
-- is looked at by such a part: what was reached, against what, for which target. Empty where no plan has such parts.
-- key: scenario, plan, version, part, person_id, window_month, period
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   for_part text          the part that looks at it; '' an adjusted part itself
--   measure text           the measure
--   team_id text           where people are ranked in their team: the person's on their last day in the window; '' none
--   unit text              whose result
--   weight_units integer   0 without a weight
--   key_is text            attainment or amount
--   multiplies text        what the shape's value is taken of
--   base_kind text         quota, measure or nothing
--   scored boolean         a score, not an amount
--   rounding_to money      the step to which pay is rounded
--   half_up boolean        ties away from zero, else to even
--   counted money          the window's credited facts up to the period's end
--   weighed money          what they weigh with kickers; null where the part has none
--   base_n exact           what it is set against: numerator; null where that is missing
--   base_d integer         its denominator
--   target_n exact         the part's target: numerator; null where it has none
--   target_d integer       its denominator
--   n integer              of a score: how many answers
--   score number           of a score: the value that pay uses, to four decimals
--   stands_for text        of a score: own, team, company, or the fallback; '' for amounts
WITH kicked AS (
  SELECT p.scenario, p.plan, p.version, p.part, a.person_id, w.window_month, w.period, sum(a.extra) AS extra
  FROM kicked_amounts AS a
  JOIN plan_parts AS p ON a.scenario = p.scenario AND a.plan = p.plan AND a.version = p.version AND a.part = p.part
  JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date AND w.within = a.period AND w.counts
  GROUP BY p.scenario, p.plan, p.version, p.part, a.person_id, w.window_month, w.period
),
teams AS (
  SELECT
    r.scenario, r.plan, r.version, r.part, m.person_id, w.window_month, w.period, m.team_id,
    row_number() OVER (PARTITION BY r.scenario, r.plan, r.version, r.part, m.person_id, w.window_month, w.period
      ORDER BY m.from_on DESC) AS place
  FROM (SELECT DISTINCT scenario, plan, version, part FROM plan_ranks WHERE among = 'team') AS r
  JOIN plan_parts AS p ON p.scenario = r.scenario AND p.plan = r.plan AND p.version = r.version AND p.part = r.part
  JOIN plan_windows AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date
  JOIN members AS m ON m.scenario = p.scenario AND m.plan = p.plan AND m.version = p.version
    AND m.from_on < w.to_on AND w.from_on < m.to_on
)
SELECT
  w.scenario, w.plan, w.version, w.part, w.person_id, w.window_month, w.period, p.for_part, p.measure,
  coalesce(t.team_id, '') AS team_id, p.unit,
  p.weight_units, p.key_is, p.multiplies, p.base AS base_kind, p.scored, v.rounding_to, v.half_up, w.counted,
  CAST(w.counted + k.extra AS DECIMAL(18, 4)) AS weighed, w.base_n,
  w.base_d, w.target_n, w.target_d, e.n, CAST(round_even(e.value, 4) AS DECIMAL(18, 6)) AS score,
  coalesce(e.stands_for, CASE WHEN p.scored THEN 'nothing' ELSE '' END) AS stands_for
FROM part_windows AS w
JOIN adjusted_parts AS d ON d.scenario = w.scenario AND d.plan = w.plan AND d.version = w.version AND d.part = w.part
JOIN plan_parts AS p ON p.scenario = w.scenario AND p.plan = w.plan AND p.version = w.version AND p.part = w.part
JOIN plan_versions AS v ON v.scenario = w.scenario AND v.plan = w.plan AND v.version = w.version
LEFT JOIN pay_evidence AS e ON e.scenario = w.scenario AND e.plan = w.plan AND e.version = w.version
  AND e.part = w.part AND e.person_id = w.person_id AND e.window_month = w.window_month AND e.period = w.period
LEFT JOIN teams AS t ON t.scenario = w.scenario AND t.plan = w.plan AND t.version = w.version AND t.part = w.part
  AND t.person_id = w.person_id AND t.window_month = w.window_month AND t.period = w.period AND t.place = 1
LEFT JOIN kicked AS k ON k.scenario = w.scenario AND k.plan = w.plan AND k.version = w.version AND k.part = w.part
  AND k.person_id = w.person_id AND k.window_month = w.window_month AND k.period = w.period
