-- one row per movement of a fact's share of pay in a settlement period: put on hold, released, lapsed, advanced, earned
-- for good, taken back. Each is the difference of what it comes to by the end of that period and of the one before, so
-- that the movements of a fact add up to where it stands now.
-- key: scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, belongs_to, movement
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   measure text           the amount measure
--   fact_id text           the fact
--   credit_row text        the plan's row of credit
--   who text               deal_shares, owner, or a role
--   low share              where the person's share of the fact begins
--   belongs_to integer     first month of the settlement period in which it falls
--   movement text          earned, held, released, lapsed, advanced, taken_back
--   window_month integer         the window's first month
--   period integer         the period whose evaluation gave the fact's share
--   customer_id text       '' none
--   contract_id text       '' none
--   fact_on date           the fact's day
--   on_day date            the day of what moved it
--   days integer           days from the fact to that
--   amount money           how much moves
--   earned money           added to what is earned
--   held money             added to what is held
--   advanced money         added to what is advanced
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   counted money          what the fact counted for the person
--   share money            its share of the part's pay
--   fraction share         of that share, what this movement is of; null all
--   known_at timestamp     when we learned the last of what it rests on
WITH evaluated AS (
  SELECT
    f.*,
    row_number() OVER (PARTITION BY f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id,
      f.credit_row, f.who, f.low, f.settles ORDER BY f.period DESC) AS place
  FROM fact_shares AS f
),
stretches AS (
  SELECT
    e.*,
    lead(e.settles) OVER (PARTITION BY e.scenario, e.plan, e.version, e.part, e.person_id, e.measure, e.fact_id,
      e.credit_row, e.who, e.low ORDER BY e.settles) AS next_settles,
    min(e.settles) OVER (PARTITION BY e.scenario, e.plan, e.version, e.part, e.person_id, e.measure, e.fact_id,
      e.credit_row, e.who, e.low) AS first_settles
  FROM evaluated AS e
  WHERE e.place = 1
),
fated AS (
  SELECT
    f.*,
    year(f.hold_closed_on) * 12 + month(f.hold_closed_on) - 1 AS hold_month,
    year(f.ended_on) * 12 + month(f.ended_on) - 1 AS left_month,
    year(f.safe_on) * 12 + month(f.safe_on) - 1 AS safe_month
  FROM fact_fates AS f
),
settled AS (
  SELECT
    f.*,
    f.hold_month - mod(f.hold_month - (s.year_starts - 1), s.closes_months) AS hold_settles,
    f.left_month - mod(f.left_month - (s.year_starts - 1), s.closes_months) AS left_settles,
    f.safe_month - mod(f.safe_month - (s.year_starts - 1), s.closes_months) AS safe_settles
  FROM fated AS f
  CROSS JOIN run_settings AS s
),
moments AS (
  SELECT scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, settles AS belongs_to
  FROM stretches
  UNION
  SELECT t.scenario, t.plan, t.version, t.part, t.person_id, t.measure, t.fact_id, t.credit_row, t.who, t.low,
    greatest(t.first_settles, m.settles) AS belongs_to
  FROM stretches AS t
  JOIN (
    SELECT scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, hold_settles AS settles
    FROM settled
    UNION ALL
    SELECT scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, left_settles FROM settled
    UNION ALL
    SELECT scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, safe_settles FROM settled
  ) AS m ON m.scenario = t.scenario AND m.plan = t.plan AND m.version = t.version AND m.part = t.part
    AND m.person_id = t.person_id AND m.measure = t.measure AND m.fact_id = t.fact_id
    AND m.credit_row = t.credit_row AND m.who = t.who AND m.low = t.low
  WHERE m.settles IS NOT NULL
),
placed AS (
  SELECT
    m.belongs_to, t.scenario, t.plan, t.version, t.part, t.person_id, t.measure, t.fact_id, t.credit_row, t.who, t.low,
    t.window_month, t.period, t.customer_id, t.contract_id, t.on_day AS fact_on, t.counted, t.known_at, t.share,
    p.hold_share, p.hold_certain, p.takes_back, v.rounding_to,
    s.reached_on, s.ended_on, s.hold_closed_on, s.released_share, s.hold_days, s.left_days, s.taken_share, s.safe_on,
    s.left_known_at, s.reached_known_at, t.settles = m.belongs_to AS evaluates,
    CASE WHEN p.hold_share = 0 THEN true ELSE coalesce(s.hold_settles <= m.belongs_to, false) END AS hold_closed,
    coalesce(s.left_settles <= m.belongs_to, false) AS has_left,
    coalesce(s.safe_settles <= m.belongs_to, false) AS is_safe
  FROM moments AS m
  JOIN stretches AS t ON t.scenario = m.scenario AND t.plan = m.plan AND t.version = m.version AND t.part = m.part
    AND t.person_id = m.person_id AND t.measure = m.measure AND t.fact_id = m.fact_id AND t.credit_row = m.credit_row
    AND t.who = m.who AND t.low = m.low AND t.settles <= m.belongs_to
    AND (t.next_settles IS NULL OR m.belongs_to < t.next_settles)
  JOIN plan_parts AS p ON p.scenario = t.scenario AND p.plan = t.plan AND p.version = t.version AND p.part = t.part
  JOIN plan_versions AS v ON v.scenario = t.scenario AND v.plan = t.plan AND v.version = t.version
  JOIN settled AS s ON s.scenario = t.scenario AND s.plan = t.plan AND s.version = t.version AND s.part = t.part
    AND s.person_id = t.person_id AND s.measure = t.measure AND s.fact_id = t.fact_id AND s.credit_row = t.credit_row
    AND s.who = t.who AND s.low = t.low
),
held_back AS (
  SELECT
    placed.*,
    round_even(quotient(CAST(share AS DECIMAL(38, 4)) * hold_share, rounding_to), 0) * rounding_to AS on_hold
  FROM placed
),
released AS (
  SELECT
    held_back.*,
    CASE WHEN hold_closed
      THEN round_even(quotient(CAST(on_hold AS DECIMAL(38, 4)) * released_share, rounding_to), 0) * rounding_to
      ELSE 0 END AS let_go
  FROM held_back
),
standing AS (
  SELECT
    released.*,
    CASE WHEN hold_closed THEN on_hold - let_go ELSE 0 END AS lapsed,
    share - on_hold + let_go AS given,
    CASE WHEN has_left
      THEN round_even(quotient(CAST(share - on_hold + let_go AS DECIMAL(38, 4)) * taken_share, rounding_to), 0) * rounding_to
      ELSE 0 END AS taken
  FROM released
),
movements AS (
  SELECT standing.*, CASE WHEN takes_back THEN 'advanced' ELSE 'earned' END AS movement, share - on_hold AS reached,
    fact_on AS on_day, CAST(NULL AS BIGINT) AS days, CAST(NULL AS DECIMAL(18, 9)) AS fraction, known_at AS learned_at
  FROM standing WHERE hold_share < 1
  UNION ALL
  SELECT standing.*, 'held', on_hold, fact_on, NULL, hold_share, known_at FROM standing WHERE hold_share > 0
  UNION ALL
  SELECT standing.*, 'released', let_go, hold_closed_on, hold_days, released_share, greatest(known_at, reached_known_at)
  FROM standing WHERE hold_share > 0
  UNION ALL
  SELECT standing.*, 'lapsed', lapsed, hold_closed_on, hold_days, released_share, known_at FROM standing WHERE hold_share > 0
  UNION ALL
  SELECT standing.*, 'taken_back', taken, ended_on, left_days, taken_share, greatest(known_at, left_known_at)
  FROM standing WHERE takes_back
  UNION ALL
  SELECT standing.*, 'kept', CASE WHEN is_safe THEN given - taken ELSE 0 END, safe_on, NULL, NULL, known_at
  FROM standing WHERE takes_back
),
moved AS (
  SELECT
    movements.*,
    reached - coalesce(lag(reached) OVER (PARTITION BY scenario, plan, version, part, person_id, measure, fact_id,
      credit_row, who, low, movement ORDER BY belongs_to), 0) AS amount
  FROM movements
)
SELECT
  scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low,
  CAST(belongs_to AS BIGINT) AS belongs_to, CASE WHEN movement = 'kept' THEN 'earned' ELSE movement END AS movement,
  window_month, period, customer_id, contract_id, fact_on, on_day, days,
  CAST(CASE WHEN movement IN ('taken_back', 'lapsed') THEN -amount ELSE amount END AS DECIMAL(18, 4)) AS amount,
  CAST(CASE
    WHEN movement IN ('earned', 'kept') THEN amount
    WHEN movement = 'held' AND hold_certain AND NOT takes_back THEN amount
    WHEN movement = 'released' AND NOT hold_certain AND NOT takes_back THEN amount
    ELSE 0 END AS DECIMAL(18, 4)) AS earned,
  CAST(CASE WHEN movement = 'held' THEN amount WHEN movement IN ('released', 'lapsed') THEN -amount ELSE 0 END
    AS DECIMAL(18, 4)) AS held,
  CAST(CASE
    WHEN movement = 'advanced' OR (movement = 'released' AND takes_back) THEN amount
    WHEN movement IN ('taken_back', 'kept') THEN -amount
    ELSE 0 END AS DECIMAL(18, 4)) AS advanced,
  CAST(CASE WHEN movement IN ('advanced', 'earned', 'released') THEN amount ELSE 0 END AS DECIMAL(18, 4)) AS payable,
  CAST(CASE WHEN movement = 'taken_back' THEN amount ELSE 0 END AS DECIMAL(18, 4)) AS recoverable,
  counted, CAST(share AS DECIMAL(18, 4)) AS share, fraction, learned_at AS known_at
FROM moved
WHERE amount <> 0
