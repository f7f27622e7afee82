-- one row per line of a statement: what was settled, as it was settled, and for open periods every movement that differs
-- from it, with all that is needed to compute it again by hand
-- key: scenario, person_id, period, line_id
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   person_id text         who is paid
--   period integer         first month of the settlement period in which the line is booked
--   line_id text           names the line, in every run
--   line_key text          names the movement that the line is of
--   status text            settled or open
--   plan text              the plan; '' an adjustment
--   version text           its version: the day from which it is in force
--   part text              the part; '' recovery, or of the whole period: guarantee, transition, draw; adjustment
--   rewards text           what the part rewards; '' recovery
--   belongs_to integer     first month of the settlement period that it belongs to
--   movement text          earned, held, released, lapsed, advanced, taken_back, guaranteed, transition, drawn, draw_due, forgiven, recovered, put_off, adjusted
--   reason text            new, released, taken back, lapsed, kept, late fact, corrected, plan amended, recovered, below zero, adjusted
--   currency text          of all amounts
--   amount money           how much moves
--   earned money           added to what is earned
--   held money             added to what is held
--   advanced money         added to what is advanced
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   draw money             added to what was drawn and is not yet due
--   measure text           what was counted or measured
--   fact_id text           the fact; '' for a whole window
--   credit_row text        the plan's row of credit; '' for a whole window
--   customer_id text       '' none
--   contract_id text       '' none
--   fact_on date           the fact's day; null for a whole window
--   on_day date            the day of what moved it; null at a window's end
--   days integer           days from the fact to that
--   window_month integer         the window's first month
--   plan_period integer    the plan's period at whose end the window was evaluated
--   counted money          what the fact, or the window so far, counted; of a lift: what the period pays before it
--   facts integer          of how many facts
--   share money            the fact's share of the part's pay; null for a whole window
--   fraction share         of the share, what this movement is of; null all
--   window_counted money   what the window counted so far
--   base number            what that is set against; null nothing
--   attainment share       counted ÷ base
--   target number          the part's target; null without a weight
--   pays share             the part's pay ÷ its target; null without a weight
--   part_pay money         what the part pays for the window so far; of a lift: to what the period is lifted
--   value number           of a scored part: the value that pay used
--   stands_for text        of a scored part: own, team, company, or the fallback; '' for amounts
--   n integer              how many answers it rests on
--   observed number        the unit's own value
--   low number             lower end of its 95% interval
--   high number            upper end
--   z share                weight of the own value in the credible one
--   collective number      the value that has the rest of the weight
--   steps text             what conditions, multipliers and limits made of the part's pay, in JSON; '' nothing
--   balance money          of a draw: what is still owed of it after the period; null others
--   settled money          what was settled of this movement before
--   corrects text          the settled line that this one corrects; '' none
--   known_at timestamp     when we learned the last of what it rests on
WITH recovered AS (
  SELECT
    scenario, person_id, period, plan, version, currency, 'recovered' AS movement, 'recovered' AS reason,
    -recovered AS amount, -recovered AS payable, -recovered AS recoverable
  FROM recoveries WHERE recovered <> 0
  UNION ALL
  SELECT scenario, person_id, period, plan, version, currency, 'put_off', 'below zero', put_off, put_off, put_off
  FROM recoveries WHERE put_off <> 0
),
no_parts AS (
  SELECT
    scenario, person_id, period,
    md5(concat_ws('|', scenario, person_id, currency, CAST(period AS VARCHAR), movement)) AS line_key, plan, version,
    '' AS part, period AS belongs_to, movement, reason, currency, amount, CAST(0 AS DECIMAL(18, 4)) AS earned, payable,
    recoverable, '' AS fact_id, CAST(NULL AS DATE) AS on_day, CAST(NULL AS TIMESTAMP) AS known_at
  FROM recovered
  UNION ALL
  SELECT
    'actual', person_id, period, line_key, '', '', 'adjustment', belongs_to, 'adjusted', 'adjusted', currency, amount,
    amount, amount, CAST(0 AS DECIMAL(18, 4)), fact_id, on_day, known_at
  FROM adjusted_lines
)
SELECT
  o.scenario, o.person_id, o.period, o.line_id, o.line_key, 'open' AS status, o.plan, o.version, o.part, coalesce(p.rewards, '') AS rewards,
  o.belongs_to, o.movement, o.reason, coalesce(v.currency, w.currency) AS currency, o.amount, o.earned, o.held, o.advanced, o.payable, o.recoverable, o.draw,
  o.measure, o.fact_id, o.credit_row, o.customer_id, o.contract_id, o.fact_on, o.on_day, o.days, o.window_month,
  o.plan_period, o.counted, o.facts, o.share, o.fraction, o.window_counted, t.base, t.attainment, t.target, t.pays,
  o.part_pay, t.value, coalesce(t.stands_for, '') AS stands_for, t.n, t.observed, t.low, t.high, t.z, t.collective,
  coalesce(a.steps, '') AS steps, o.balance, o.settled, o.corrects, o.known_at
FROM open_lines AS o
LEFT JOIN plan_parts AS p ON p.scenario = o.scenario AND p.plan = o.plan AND p.version = o.version AND p.part = o.part
LEFT JOIN plan_versions AS v ON v.scenario = o.scenario AND v.plan = o.plan AND v.version = o.version
LEFT JOIN (
  SELECT plan, version, min(currency) AS currency FROM settled_lines GROUP BY plan, version
) AS w ON o.scenario = 'actual' AND w.plan = o.plan AND w.version = o.version
LEFT JOIN part_totals AS t ON t.scenario = o.scenario AND t.plan = o.plan AND t.version = o.version
  AND t.part = o.part AND t.person_id = o.person_id AND t.window_month = o.window_month AND t.period = o.plan_period
LEFT JOIN part_adjusted AS a ON a.scenario = o.scenario AND a.plan = o.plan AND a.version = o.version
  AND a.part = o.part AND a.person_id = o.person_id AND a.window_month = o.window_month AND a.period = o.plan_period
UNION ALL
SELECT
  scenario, person_id, period, substr(line_key, 1, 16) AS line_id, line_key,
  'open' AS status, plan, version, part, '' AS rewards, belongs_to, movement, reason, currency,
  CAST(amount AS DECIMAL(18, 4)) AS amount, CAST(earned AS DECIMAL(18, 4)) AS earned, CAST(0 AS DECIMAL(18, 4)) AS held,
  CAST(0 AS DECIMAL(18, 4)) AS advanced, CAST(payable AS DECIMAL(18, 4)) AS payable,
  CAST(recoverable AS DECIMAL(18, 4)) AS recoverable, CAST(0 AS DECIMAL(18, 4)) AS draw, '' AS measure, fact_id, '' AS credit_row, '' AS customer_id,
  '' AS contract_id, CAST(NULL AS DATE) AS fact_on, on_day, CAST(NULL AS BIGINT) AS days,
  CAST(NULL AS BIGINT) AS window_month, CAST(NULL AS BIGINT) AS plan_period, CAST(NULL AS DECIMAL(18, 4)) AS counted,
  CAST(NULL AS BIGINT) AS facts, CAST(NULL AS DECIMAL(18, 4)) AS share, CAST(NULL AS DECIMAL(18, 9)) AS fraction,
  CAST(NULL AS DECIMAL(18, 4)) AS window_counted, CAST(NULL AS DECIMAL(18, 6)) AS base,
  CAST(NULL AS DECIMAL(18, 9)) AS attainment, CAST(NULL AS DECIMAL(18, 6)) AS target, CAST(NULL AS DECIMAL(18, 9)) AS pays,
  CAST(NULL AS DECIMAL(18, 4)) AS part_pay, CAST(NULL AS DECIMAL(18, 6)) AS value, '' AS stands_for,
  CAST(NULL AS BIGINT) AS n, CAST(NULL AS DECIMAL(18, 6)) AS observed, CAST(NULL AS DECIMAL(18, 6)) AS low,
  CAST(NULL AS DECIMAL(18, 6)) AS high, CAST(NULL AS DECIMAL(18, 9)) AS z, CAST(NULL AS DECIMAL(18, 6)) AS collective,
  '' AS steps, CAST(NULL AS DECIMAL(18, 4)) AS balance, CAST(0 AS DECIMAL(18, 4)) AS settled, '' AS corrects, known_at
FROM no_parts
UNION ALL
SELECT
  scenario, person_id, period, line_id, line_key, 'settled' AS status, plan, version, part, rewards, belongs_to, movement,
  reason, currency, amount, earned, held, advanced, payable, recoverable, draw, measure, fact_id, credit_row, customer_id,
  contract_id, fact_on, on_day, days, window_month, plan_period, counted, facts, share, fraction, window_counted, base,
  attainment, target, pays, part_pay, value, stands_for, n, observed, low, high, z, collective, steps, balance, settled, corrects, known_at
FROM settled_lines
