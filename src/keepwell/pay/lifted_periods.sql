-- one row per person and period of a plan with a draw, guarantee or transition: what the period pays, what it is lifted to
-- and by how much, what is drawn, and what falls due of the draw. What is owed after period t is S(t) − min(0, S(1), …, S(t)),
-- where S adds up what was drawn less what may be recovered: the same as going through the periods one by one, so that
-- whatever is learned late is the same subtraction as everything else.
-- key: scenario, plan, person_id, currency, period
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan, all its versions
--   person_id text         who is paid
--   currency text          of the amounts
--   period integer         the plan's period: its first month
--   version text           the version in force at its end
--   place integer          which period under the plan it is for the person, counted from 1
--   settles integer        first month of the settlement period in which it ends
--   pay money              what the period pays before it is lifted
--   guaranteed_to money    what is guaranteed; null nothing
--   guaranteed money       what is paid on top for that, never recovered
--   old_pay money          what the plan before would have paid; null where no transition holds
--   transition money       what is paid on top for that, never recovered
--   draw_to money          the draw; null none
--   free_draw boolean      the draw is never recovered
--   drawn money            what is paid on top for that
--   above money            what the period pays above all of these
--   due money              what falls due of the draw: to be recovered from payouts
--   forgiven money         what is written off, for the person has left
--   owed money             what is drawn and neither due nor forgiven, after the period
--   known_at timestamp     when we learned the last of it
WITH stints AS (
  SELECT
    m.scenario, m.plan, m.person_id, max(m.to_on) AS ends_on, max(w.left_on) AS left_on
  FROM members AS m
  JOIN (SELECT DISTINCT scenario, plan FROM plan_floors) AS a ON a.scenario = m.scenario AND a.plan = m.plan
  LEFT JOIN people AS w ON w.person_id = m.person_id
  GROUP BY m.scenario, m.plan, m.person_id
),
seen AS (
  SELECT
    f.scenario, f.plan, f.person_id, f.currency, f.period, max(f.version) AS version, max(f.place) AS place,
    sum(CASE WHEN f.kind = 'guarantee' THEN f.amount END) AS guarantee,
    sum(CASE WHEN f.kind = 'free_draw' THEN f.amount END) AS free_draw,
    sum(CASE WHEN f.kind = 'draw' THEN f.amount END) AS draw
  FROM floors AS f
  GROUP BY f.scenario, f.plan, f.person_id, f.currency, f.period
  UNION ALL
  SELECT
    p.scenario, p.plan, p.person_id, p.currency, p.period, '' AS version, CAST(0 AS BIGINT) AS place,
    CAST(NULL AS DECIMAL(38, 4)) AS guarantee, CAST(NULL AS DECIMAL(38, 4)) AS free_draw, CAST(NULL AS DECIMAL(38, 4)) AS draw
  FROM period_pay AS p
  LEFT JOIN floors AS f ON f.scenario = p.scenario AND f.plan = p.plan AND f.person_id = p.person_id
    AND f.currency = p.currency AND f.period = p.period AND f.kind = ''
  WHERE f.period IS NULL
),
paid AS (
  SELECT
    s.*, coalesce(p.pay, 0) AS pay, p.known_at,
    greatest(coalesce(p.pay, 0), coalesce(s.guarantee, coalesce(p.pay, 0)), coalesce(s.free_draw, coalesce(p.pay, 0))) AS base_pay
  FROM seen AS s
  LEFT JOIN period_pay AS p ON p.scenario = s.scenario AND p.plan = s.plan AND p.person_id = s.person_id
    AND p.currency = s.currency AND p.period = s.period
),
befores AS (
  SELECT n.scenario, n.plan, n.person_id, n.currency, n.period, sum(o.base_pay) AS old_pay
  FROM paid AS n
  JOIN plan_floors AS f ON f.scenario = n.scenario AND f.plan = n.plan AND f.version = n.version AND f.kind = 'transition'
    AND n.period < f.until_month
  JOIN plan_versions AS v ON v.scenario = n.scenario AND v.plan = n.plan AND v.version = n.version
  JOIN paid AS o ON o.scenario = f.old_scenario AND o.plan = f.old_plan AND o.person_id = n.person_id
    AND o.currency = n.currency AND o.period >= n.period AND o.period < n.period + v.period_months
  GROUP BY n.scenario, n.plan, n.person_id, n.currency, n.period
),
terms AS (
  SELECT
    f.scenario, f.plan, f.version, f.recovers_from, f.recovers_share, f.forgiven, v.rounding_to, v.period_months,
    row_number() OVER (PARTITION BY f.scenario, f.plan ORDER BY f.version) AS place
  FROM plan_floors AS f
  JOIN plan_versions AS v ON v.scenario = f.scenario AND v.plan = f.plan AND v.version = f.version
  WHERE f.kind = 'draw'
),
whole AS (
  SELECT
    p.*, b.old_pay, v.period_months, g.year_starts, g.closes_months, t.ends_on, t.left_on,
    CASE WHEN t.ends_on <= g.today THEN true ELSE false END AS ended,
    year(g.today) * 12 + month(g.today) - 1 AS this_month,
    greatest(coalesce(b.old_pay, p.base_pay) - p.base_pay, 0) AS transition,
    greatest(p.base_pay, coalesce(b.old_pay, p.base_pay)) AS lifted,
    max(CASE WHEN p.place > 0 THEN p.period END) OVER (PARTITION BY p.scenario, p.plan, p.person_id, p.currency) AS last_period,
    max(CASE WHEN p.place > 0 THEN p.place - p.period // v.period_months END)
      OVER (PARTITION BY p.scenario, p.plan, p.person_id) + p.period // v.period_months AS number
  FROM paid AS p
  JOIN stints AS t ON t.scenario = p.scenario AND t.plan = p.plan AND t.person_id = p.person_id
  JOIN (SELECT scenario, plan, min(period_months) AS period_months FROM plan_versions GROUP BY scenario, plan) AS v
    ON v.scenario = p.scenario AND v.plan = p.plan
  CROSS JOIN run_settings AS g
  LEFT JOIN befores AS b ON b.scenario = p.scenario AND b.plan = p.plan AND b.person_id = p.person_id
    AND b.currency = p.currency AND b.period = p.period
),
ruled AS (
  SELECT
    w.*, r.recovers_from, r.recovers_share, r.rounding_to, r.forgiven AS forgives,
    row_number() OVER (PARTITION BY w.scenario, w.plan, w.person_id, w.currency, w.period
      ORDER BY CASE WHEN r.version <= w.version THEN 0 ELSE 1 END,
        CASE WHEN r.version <= w.version THEN -r.place ELSE r.place END) AS rule_place
  FROM whole AS w
  LEFT JOIN terms AS r ON r.scenario = w.scenario AND r.plan = w.plan
),
flows AS (
  SELECT
    ruled.*,
    greatest(coalesce(draw, lifted) - lifted, 0) AS drawn,
    greatest(pay - greatest(coalesce(draw, 0), coalesce(guarantee, 0), coalesce(free_draw, 0), coalesce(old_pay, 0)), 0) AS above
  FROM ruled
  WHERE rule_place = 1
),
roomy AS (
  SELECT
    flows.*,
    CASE WHEN recovers_from IS NULL OR number < recovers_from OR above = 0 OR (ended AND period > last_period) THEN 0
      ELSE floor(quotient(CAST(above AS DECIMAL(38, 4)) * CAST(recovers_share AS DECIMAL(9, 6)), rounding_to)) * rounding_to
    END AS room
  FROM flows
),
summed AS (
  SELECT
    roomy.*, CAST(sum(drawn - room) OVER (PARTITION BY scenario, plan, person_id, currency ORDER BY period
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS DECIMAL(38, 4)) AS s
  FROM roomy
),
balanced AS (
  SELECT
    summed.*, s - least(0, min(s) OVER (PARTITION BY scenario, plan, person_id, currency ORDER BY period
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS balance
  FROM summed
),
stepped AS (
  SELECT
    balanced.*,
    coalesce(lag(balance) OVER (PARTITION BY scenario, plan, person_id, currency ORDER BY period), 0) + drawn - balance AS due
  FROM balanced
),
written_off AS (
  SELECT
    stepped.*,
    CASE WHEN ended AND period = last_period AND left_on IS NOT NULL AND left_on <= ends_on AND forgives THEN balance ELSE 0 END
      AS forgiven
  FROM stepped
),
afterwards AS (
  SELECT
    scenario, plan, person_id, currency, period, version, place, pay, guarantee, free_draw, draw, old_pay, transition, lifted,
    base_pay, drawn, above, due, forgiven, CASE WHEN ended AND period > last_period THEN 0 ELSE balance - forgiven END AS owed,
    known_at, period_months, year_starts, closes_months
  FROM written_off
  UNION ALL
  SELECT
    scenario, plan, person_id, currency, period + period_months AS period, version, CAST(0 AS BIGINT) AS place,
    CAST(0 AS DECIMAL(38, 4)) AS pay, NULL AS guarantee, NULL AS free_draw, NULL AS draw, NULL AS old_pay, 0 AS transition,
    0 AS lifted, 0 AS base_pay, 0 AS drawn, 0 AS above, balance - forgiven AS due, 0 AS forgiven, 0 AS owed, known_at,
    period_months, year_starts, closes_months
  FROM written_off
  WHERE ended AND period = last_period AND balance > forgiven AND period + period_months <= this_month
)
SELECT
  scenario, plan, person_id, currency, CAST(period AS BIGINT) AS period, max(version) AS version,
  CAST(max(place) AS BIGINT) AS place,
  CAST(period + max(period_months) - 1
    - mod(period + max(period_months) - 1 - (max(year_starts) - 1), max(closes_months)) AS BIGINT) AS settles,
  CAST(sum(pay) AS DECIMAL(18, 4)) AS pay,
  CAST(max(guarantee) AS DECIMAL(18, 4)) AS guaranteed_to,
  CAST(sum(CASE WHEN guarantee > pay THEN guarantee - pay ELSE 0 END) AS DECIMAL(18, 4)) AS guaranteed,
  CAST(max(old_pay) AS DECIMAL(18, 4)) AS old_pay,
  CAST(sum(transition) AS DECIMAL(18, 4)) AS transition,
  CAST(max(coalesce(draw, free_draw)) AS DECIMAL(18, 4)) AS draw_to,
  bool_or(free_draw IS NOT NULL) AS free_draw,
  CAST(sum(CASE WHEN free_draw > greatest(pay, coalesce(guarantee, pay)) THEN free_draw - greatest(pay, coalesce(guarantee, pay))
    ELSE drawn END) AS DECIMAL(18, 4)) AS drawn,
  CAST(sum(above) AS DECIMAL(18, 4)) AS above, CAST(sum(due) AS DECIMAL(18, 4)) AS due,
  CAST(sum(forgiven) AS DECIMAL(18, 4)) AS forgiven, CAST(sum(owed) AS DECIMAL(18, 4)) AS owed, max(known_at) AS known_at
FROM afterwards
GROUP BY scenario, plan, person_id, currency, period
