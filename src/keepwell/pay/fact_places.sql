-- one row per credited fact of a part that holds or takes back, with its window and how far the window had come with it: facts stand in the order of days
-- and ids, so that a fact's share of a part's pay is cut between what was reached before it and with it
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- per: person_id of credited
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is credited
--   use text             counted or base
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, or a role
--   low share            where the person's share of the fact begins
--   high share           where it ends
--   window_month integer the window's first month
--   period integer       the plan's period in which the fact's day lies
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        the fact's currency
--   rate share           to the plan's currency, where that is another
--   counted money        the person's part of it, in the plan's currency; null where no rate is known
--   weight money         what it weighs in the part's pay: what it counted, × its kickers; null where no rate is known
--   reached money        what the window weighs up to and with this fact; null where it is part of the base
--   known_at timestamp   when we learned of the fact
WITH looked_at AS (
  SELECT DISTINCT p.scenario, p.plan, p.version, p.part, w.within AS period, w.window_month
  FROM plan_parts AS p
  JOIN plan_window_periods AS w ON w.scenario = p.scenario AND w.plan = p.plan AND w.version = p.version
    AND w.span = p.span AND w.to_date = p.to_date
  WHERE p.hold_share > 0 OR p.takes_back
),
periods AS (  -- a number for each part's window: facts are put in order by it, instead of by five columns
  SELECT looked_at.*, dense_rank() OVER (ORDER BY scenario, plan, version, part, window_month) AS window_no FROM looked_at
),
weighed AS (
  SELECT
    c.*,
    CASE WHEN k.factor IS NULL THEN c.counted
      ELSE CAST(round_even(CAST(c.counted AS DECIMAL(38, 4)) * CAST(k.factor AS DECIMAL(18, 6)), 4) AS DECIMAL(18, 4))
    END AS weight
  FROM credited AS c
  LEFT JOIN fact_kickers AS k ON k.scenario = c.scenario AND k.plan = c.plan AND k.version = c.version AND k.part = c.part
    AND k.measure = c.measure AND k.fact_id = c.fact_id
)
SELECT
  c.scenario, c.plan, c.version, c.part, c.person_id, c.use, c.measure, c.fact_id, c.credit_row, c.who, c.low, c.high,
  w.window_month, c.period, c.on_day, c.customer_id, c.contract_id, c.amount, c.currency, c.rate, c.counted,
  c.weight,
  CAST(CASE WHEN c.use = 'counted' THEN sum(CASE WHEN c.use = 'counted' THEN c.weight END) OVER (
    PARTITION BY w.window_no, c.person_id
    ORDER BY c.on_day, c.fact_id, c.measure, c.credit_row, c.who, c.low, c.use
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) END AS DECIMAL(18, 4)) AS reached,
  c.known_at
FROM weighed AS c
JOIN periods AS w ON w.scenario = c.scenario AND w.plan = c.plan AND w.version = c.version AND w.part = c.part
  AND w.period = c.period
