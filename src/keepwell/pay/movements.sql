-- one row per movement of pay as now known, with what it was computed from. Whatever the run, the same movement has the
-- same line_key, so that what was settled can be subtracted from it.
-- key: line_key
-- per: person_id of part_totals, part_adjusted, fact_pays, fact_movements
-- gives:
--   line_key text          names the movement
--   scenario text          actual, or a what-if
--   person_id text         who is paid
--   plan text              the plan
--   version text           its version
--   part text              the part
--   belongs_to integer     first month of the settlement period in which it falls
--   movement text          earned, held, released, lapsed, advanced, taken_back
--   measure text           what was counted or measured
--   fact_id text           the fact; '' for a whole window
--   credit_row text        the plan's row of credit; '' for a whole window
--   customer_id text       '' none
--   contract_id text       '' none
--   fact_on date           the fact's day; null for a whole window
--   on_day date            the day of what moved it; null at a window's end
--   days integer           days from the fact to that
--   window_month integer         the window's first month
--   period integer         the plan's period at whose end the window was evaluated
--   amount money           how much moves
--   earned money           added to what is earned
--   held money             added to what is held
--   advanced money         added to what is advanced
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   counted money          what the fact, or the window so far, counted
--   facts integer          of how many facts
--   share money            the fact's share of the part's pay; null for a whole window
--   fraction share         of the share, what this movement is of; null all
--   window_counted money   what the window counted so far; null where each fact is paid by itself
--   part_pay money         what the part pays for the window so far; null where each fact is paid by itself
--   known_at timestamp     when we learned the last of what it rests on
WITH windows_paid AS (
  SELECT
    t.*, p.measure,
    CASE WHEN (p.hold_share > 0 OR p.takes_back) AND coalesce(a.weighed, t.counted) <> 0 THEN CAST(0 AS DECIMAL(18, 4)) ELSE t.pay
      END AS undivided
  FROM part_totals AS t
  LEFT JOIN part_adjusted AS a ON a.scenario = t.scenario AND a.plan = t.plan AND a.version = t.version
    AND a.part = t.part AND a.person_id = t.person_id AND a.window_month = t.window_month AND a.period = t.period
  JOIN plan_parts AS p ON p.scenario = t.scenario AND p.plan = t.plan AND p.version = t.version AND p.part = t.part
  WHERE t.pay IS NOT NULL
),
window_moves AS (
  SELECT
    windows_paid.*,
    undivided - coalesce(lag(undivided) OVER (PARTITION BY scenario, plan, version, part, person_id, window_month
      ORDER BY period), 0) AS moved
  FROM windows_paid
),
facts_paid AS (
  SELECT f.*, w.window_month, w.settles
  FROM fact_pays AS f
  JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
    AND p.hold_share = 0 AND NOT p.takes_back
  JOIN plan_windows AS w ON w.scenario = f.scenario AND w.plan = f.plan AND w.version = f.version AND w.span = 'period'
    AND NOT w.to_date AND w.period = f.period
  WHERE f.pay <> 0
)
SELECT
  md5(concat_ws('|', scenario, plan, version, part, person_id, 'earned', CAST(window_month AS VARCHAR), CAST(period AS VARCHAR)))
    AS line_key,
  scenario, person_id, plan, version, part, settles AS belongs_to, 'earned' AS movement, measure, '' AS fact_id,
  '' AS credit_row, '' AS customer_id, '' AS contract_id, CAST(NULL AS DATE) AS fact_on, CAST(NULL AS DATE) AS on_day,
  CAST(NULL AS BIGINT) AS days, window_month, period, CAST(moved AS DECIMAL(18, 4)) AS amount,
  CAST(moved AS DECIMAL(18, 4)) AS earned, CAST(0 AS DECIMAL(18, 4)) AS held, CAST(0 AS DECIMAL(18, 4)) AS advanced,
  CAST(moved AS DECIMAL(18, 4)) AS payable, CAST(0 AS DECIMAL(18, 4)) AS recoverable, counted, facts,
  CAST(NULL AS DECIMAL(18, 4)) AS share, CAST(NULL AS DECIMAL(18, 9)) AS fraction, counted AS window_counted,
  pay AS part_pay, known_at
FROM window_moves
WHERE moved <> 0
UNION ALL
SELECT
  md5(concat_ws('|', scenario, plan, version, part, person_id, 'earned', measure, fact_id, credit_row, who,
    CAST(CAST(floor(CAST(low AS DECIMAL(38, 9)) * 1000000000) AS BIGINT) AS VARCHAR))) AS line_key,
  scenario, person_id, plan, version, part, settles AS belongs_to, 'earned' AS movement, measure, fact_id, credit_row,
  customer_id, contract_id, on_day AS fact_on, on_day, CAST(NULL AS BIGINT) AS days, window_month, period, pay AS amount,
  pay AS earned, CAST(0 AS DECIMAL(18, 4)) AS held, CAST(0 AS DECIMAL(18, 4)) AS advanced, pay AS payable,
  CAST(0 AS DECIMAL(18, 4)) AS recoverable, counted, CAST(1 AS BIGINT) AS facts, pay AS share,
  CAST(NULL AS DECIMAL(18, 9)) AS fraction, CAST(NULL AS DECIMAL(18, 4)) AS window_counted,
  CAST(NULL AS DECIMAL(18, 4)) AS part_pay, known_at
FROM facts_paid
UNION ALL
SELECT
  md5(concat_ws('|', m.scenario, m.plan, m.version, m.part, m.person_id, m.kind, CAST(m.belongs_to AS VARCHAR),
    m.measure, m.fact_id, m.credit_row, m.who, CAST(CAST(floor(CAST(m.low AS DECIMAL(38, 9)) * 1000000000) AS BIGINT) AS VARCHAR))) AS line_key,
  m.scenario, m.person_id, m.plan, m.version, m.part, m.belongs_to, m.movement, m.measure, m.fact_id, m.credit_row,
  m.customer_id, m.contract_id, m.fact_on, m.on_day, m.days, m.window_month, m.period, m.amount, m.earned, m.held, m.advanced,
  m.payable, m.recoverable, m.counted, CAST(1 AS BIGINT) AS facts, m.share, m.fraction, t.counted AS window_counted,
  t.pay AS part_pay, m.known_at
FROM fact_movements AS m
LEFT JOIN part_totals AS t ON t.scenario = m.scenario AND t.plan = m.plan AND t.version = m.version AND t.part = m.part
  AND t.person_id = m.person_id AND t.window_month = m.window_month AND t.period = m.period
