-- one row per movement that differs from what was settled of it: what a statement shows beside closed periods. A movement
-- of a closed period is booked in the first open one.
-- key: scenario, line_id
-- gives:
--   scenario text          actual, or a what-if
--   line_id text           names the line: the same in every run until its period is closed
--   line_key text          names the movement that the line is of
--   person_id text         who is paid
--   plan text              the plan
--   version text           its version
--   part text              the part
--   period integer         first month of the settlement period in which it is booked
--   belongs_to integer     first month of the settlement period that it belongs to
--   movement text          earned, held, released, lapsed, advanced, taken_back, guaranteed, transition, drawn, draw_due, forgiven
--   reason text            why it is there: new, released, late fact, corrected, …
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
--   amount money           how much moves
--   earned money           added to what is earned
--   held money             added to what is held
--   advanced money         added to what is advanced
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   draw money             added to what was drawn and is not yet due
--   counted money          what the fact, or the window so far, counted; of a lift: what the period pays before it
--   facts integer          of how many facts
--   share money            the fact's share of the part's pay; null for a whole window
--   fraction share         of the share, what this movement is of; null all
--   window_counted money   what the window counted so far
--   part_pay money         what the part pays for the window so far; of a lift: to what the period is lifted
--   balance money          of a draw: what is still owed of it after the period; null others
--   settled money          what was settled of this movement before
--   corrects text          the settled line that this one corrects; '' none
--   known_at timestamp     when we learned the last of what it rests on
WITH closed AS (
  SELECT coalesce(max(period), -1) AS last_closed FROM settled_periods
),
ranked AS (
  SELECT
    s.*,
    sum(s.amount) OVER (PARTITION BY s.line_key) AS all_amount,
    sum(s.earned) OVER (PARTITION BY s.line_key) AS all_earned,
    sum(s.held) OVER (PARTITION BY s.line_key) AS all_held,
    sum(s.advanced) OVER (PARTITION BY s.line_key) AS all_advanced,
    sum(s.payable) OVER (PARTITION BY s.line_key) AS all_payable,
    sum(s.recoverable) OVER (PARTITION BY s.line_key) AS all_recoverable,
    sum(s.draw) OVER (PARTITION BY s.line_key) AS all_draw,
    row_number() OVER (PARTITION BY s.line_key ORDER BY s.period DESC, s.line_id) AS place
  FROM settled_lines AS s
  WHERE s.movement NOT IN ('recovered', 'put_off', 'adjusted') AND s.scenario = 'actual'
),
settled AS (
  SELECT * FROM ranked WHERE place = 1
),
moves AS (
  SELECT m.*, CAST(0 AS DECIMAL(18, 4)) AS draw, CAST(NULL AS DECIMAL(18, 4)) AS balance FROM movements AS m
  UNION ALL
  SELECT
    line_key, scenario, person_id, plan, version, '' AS part, belongs_to, movement, '' AS measure, '' AS fact_id,
    '' AS credit_row, '' AS customer_id, '' AS contract_id, CAST(NULL AS DATE) AS fact_on, CAST(NULL AS DATE) AS on_day,
    CAST(NULL AS BIGINT) AS days, CAST(NULL AS BIGINT) AS window_month, period, amount, earned,
    CAST(0 AS DECIMAL(18, 4)) AS held, CAST(0 AS DECIMAL(18, 4)) AS advanced, payable, recoverable, counted,
    CAST(0 AS BIGINT) AS facts, CAST(NULL AS DECIMAL(18, 4)) AS share, CAST(NULL AS DECIMAL(18, 9)) AS fraction,
    CAST(NULL AS DECIMAL(18, 4)) AS window_counted, lifted_to AS part_pay, known_at, draw, balance
  FROM lifts
),
differing AS (
  SELECT
    m.line_key, m.scenario, m.person_id, m.plan, m.version, m.part, m.belongs_to, m.movement,
    CASE WHEN s.line_key IS NULL THEN 'not settled' WHEN m.facts > s.facts THEN 'more facts' ELSE 'settled' END AS before,
    m.measure, m.fact_id, m.credit_row, m.customer_id, m.contract_id, m.fact_on, m.on_day, m.days, m.window_month,
    m.period AS plan_period, m.amount - coalesce(s.all_amount, 0) AS amount, m.earned - coalesce(s.all_earned, 0) AS earned,
    m.held - coalesce(s.all_held, 0) AS held, m.advanced - coalesce(s.all_advanced, 0) AS advanced,
    m.payable - coalesce(s.all_payable, 0) AS payable, m.recoverable - coalesce(s.all_recoverable, 0) AS recoverable,
    m.draw - coalesce(s.all_draw, 0) AS draw, m.counted, m.facts, m.share, m.fraction, m.window_counted, m.part_pay, m.balance, coalesce(s.all_amount, 0) AS settled,
    coalesce(s.line_id, '') AS corrects, m.known_at
  FROM moves AS m
  LEFT JOIN settled AS s ON s.line_key = m.line_key
  UNION ALL
  SELECT
    s.line_key, s.scenario, s.person_id, s.plan, s.version, s.part, s.belongs_to, s.movement, 'gone' AS before, s.measure,
    s.fact_id, s.credit_row, s.customer_id, s.contract_id, s.fact_on, s.on_day, s.days, s.window_month, s.plan_period,
    -s.all_amount AS amount, -s.all_earned AS earned, -s.all_held AS held, -s.all_advanced AS advanced,
    -s.all_payable AS payable, -s.all_recoverable AS recoverable, -s.all_draw AS draw, CAST(0 AS DECIMAL(18, 4)) AS counted,
    CAST(0 AS BIGINT) AS facts, CAST(NULL AS DECIMAL(18, 4)) AS share, s.fraction, s.window_counted, s.part_pay, s.balance,
    s.all_amount AS settled, s.line_id AS corrects, s.known_at
  FROM settled AS s
  LEFT JOIN moves AS m ON m.line_key = s.line_key
  WHERE m.line_key IS NULL
),
booked AS (
  SELECT
    d.*, c.last_closed, x.plan IS NOT NULL AS amended,
    CASE WHEN d.scenario <> 'actual' OR d.belongs_to > c.last_closed THEN d.belongs_to
      ELSE c.last_closed + r.closes_months END AS period
  FROM differing AS d
  LEFT JOIN amended AS x ON d.scenario = 'actual' AND x.person_id = d.person_id AND x.plan = d.plan
    AND x.belongs_to = d.belongs_to
  CROSS JOIN closed AS c
  CROSS JOIN run_settings AS r
  WHERE d.amount <> 0 OR d.earned <> 0 OR d.held <> 0 OR d.advanced <> 0 OR d.payable <> 0 OR d.recoverable <> 0 OR d.draw <> 0
)
SELECT
  scenario,
  substr(CASE WHEN period = belongs_to THEN line_key ELSE md5(concat_ws('|', line_key, CAST(period AS VARCHAR))) END, 1, 16)
    AS line_id,
  line_key, person_id, plan, version, part, CAST(period AS BIGINT) AS period, belongs_to, movement,
  CASE
    WHEN amended THEN 'plan amended'
    WHEN before IN ('settled', 'gone') THEN 'corrected'
    WHEN before = 'more facts' THEN 'late fact'
    WHEN period <> belongs_to THEN 'late fact'
    WHEN movement = 'released' THEN 'released'
    WHEN movement = 'taken_back' THEN 'taken back'
    WHEN movement = 'lapsed' THEN 'lapsed'
    WHEN movement = 'earned' AND advanced < 0 THEN 'kept'
    ELSE 'new'
  END AS reason,
  measure, fact_id, credit_row, customer_id, contract_id, fact_on, on_day, days, window_month, plan_period,
  CAST(amount AS DECIMAL(18, 4)) AS amount, CAST(earned AS DECIMAL(18, 4)) AS earned,
  CAST(held AS DECIMAL(18, 4)) AS held, CAST(advanced AS DECIMAL(18, 4)) AS advanced,
  CAST(payable AS DECIMAL(18, 4)) AS payable, CAST(recoverable AS DECIMAL(18, 4)) AS recoverable,
  CAST(draw AS DECIMAL(18, 4)) AS draw,
  counted, facts, share, fraction, window_counted, part_pay, balance, CAST(settled AS DECIMAL(18, 4)) AS settled, corrects, known_at
FROM booked
