-- one row per person, part and evaluation of its window: what the part pays for the window so far, rounded once. The pay
-- is one exact fraction (target × shape, or amount × shape), so that it can be recomputed from what stands here.
-- key: scenario, plan, version, part, person_id, window_month, period
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer         the window's first month
--   period integer         the period at whose end it is evaluated
--   settles integer        first month of the settlement period in which that end lies
--   days integer           days under the plan
--   counted money          what was counted so far
--   facts integer          how many facts
--   known_at timestamp     when we learned the last of them
--   base number            what it is set against, to six decimals; null nothing
--   value number           of a scored part: the value that pay uses; null for amounts
--   stands_for text        of a scored part: own, team, company, or the fallback; '' for amounts
--   attainment share       counted ÷ base, to nine decimals
--   target number          the part's target, to six decimals; null without a weight
--   pays share             what the shape gives of the target, to nine decimals; null without a weight
--   uncapped money         what the shape gives, rounded, before at_most and at_least
--   pay money              what the part pays; null where something is missing
--   missing text           '' or what is missing: quota, measure (nothing to set it against), target, objectives
--   n integer              of a scored part: how many answers it rests on
--   observed number        the unit's own value
--   low number             lower end of its 95% interval
--   high number            upper end
--   z share                weight of the own value in the credible one
--   collective number      the value that has the rest of the weight
WITH standing AS (
  SELECT
    w.*, p.key_is, p.multiplies, p.adjusted, p.base AS base_kind, p.scored, p.weight_units, v.rounding_to, v.half_up,
    p.at_most, p.at_most_percent, p.at_least, p.at_least_percent,
    e.n AS answers, e.observed, e.low AS low_end, e.high AS high_end, e.z, e.collective, round_even(e.value, 4) AS score, coalesce(e.stands_for, CASE WHEN p.scored THEN 'nothing' ELSE '' END) AS stands_for,
    CASE
      WHEN p.weight_units > 0 AND w.target_n IS NULL THEN 'target'
      WHEN e.stands_for = 'unscored' THEN 'objectives'
      WHEN p.base = 'nothing' THEN ''
      WHEN w.base_n IS NULL OR w.base_n <= 0 THEN p.base
      ELSE ''
    END AS missing
  FROM part_windows AS w
  JOIN plan_parts AS p ON p.scenario = w.scenario AND p.plan = w.plan AND p.version = w.version AND p.part = w.part
    AND p.for_part = ''
  JOIN plan_versions AS v ON v.scenario = w.scenario AND v.plan = w.plan AND v.version = w.version
  LEFT JOIN pay_evidence AS e ON e.scenario = w.scenario AND e.plan = w.plan AND e.version = w.version
    AND e.part = w.part AND e.person_id = w.person_id AND e.window_month = w.window_month AND e.period = w.period
),
placed AS (
  SELECT
    standing.*,
    CASE WHEN scored THEN CAST(score AS DECIMAL(38, 4))
      WHEN key_is = 'attainment' THEN CAST(counted AS DECIMAL(38, 4)) * CAST(base_d AS DECIMAL(18, 0))
      ELSE CAST(counted AS DECIMAL(38, 4)) END AS n,
    CASE WHEN key_is = 'attainment' THEN CAST(base_n AS DECIMAL(38, 4)) ELSE CAST(1 AS DECIMAL(38, 4)) END AS d
  FROM standing
),
shaped AS (
  SELECT
    s.*, i.fee,
    CAST(i.a AS DECIMAL(18, 0)) * s.d + CAST(i.b AS DECIMAL(18, 0)) * s.n AS reached,
    CAST(i.c AS DECIMAL(38, 4)) AS c
  FROM placed AS s
  LEFT JOIN plan_pieces AS i ON i.scenario = s.scenario AND i.plan = s.plan AND i.version = s.version
    AND i.part = s.part AND NOT s.adjusted AND s.missing = '' AND (NOT s.scored OR s.stands_for IN ('own', 'team', 'company'))
    AND (i.low IS NULL OR s.n > i.low * s.d OR (NOT i.low_open AND s.n = i.low * s.d))
    AND (i.high IS NULL OR s.n < i.high * s.d OR (NOT i.high_open AND s.n = i.high * s.d))
),
fractions AS (
  SELECT
    shaped.*,
    CASE
      WHEN c IS NULL AND stands_for = 'target' THEN CAST(target_n AS DECIMAL(38, 8))
      WHEN c IS NULL THEN CAST(0 AS DECIMAL(38, 8))
      WHEN multiplies = 'target' THEN CAST(target_n AS DECIMAL(38, 8)) * CAST(reached AS DECIMAL(38, 4))
      WHEN multiplies = 'target_per_base' THEN CAST(target_n AS DECIMAL(38, 8)) * CAST(reached AS DECIMAL(38, 4))
        * CAST(base_d AS DECIMAL(18, 0))
      WHEN multiplies = 'amount' THEN CAST(counted AS DECIMAL(38, 4)) * CAST(reached AS DECIMAL(38, 4))
      ELSE reached
    END AS pay_n,
    CASE
      WHEN c IS NULL AND stands_for = 'target' THEN CAST(target_d AS DECIMAL(38, 4))
      WHEN c IS NULL THEN CAST(1 AS DECIMAL(38, 4))
      WHEN multiplies = 'target' THEN CAST(target_d AS DECIMAL(18, 0)) * c * d
      WHEN multiplies = 'target_per_base' THEN CAST(target_d AS DECIMAL(18, 0)) * c * CAST(base_n AS DECIMAL(38, 4))
      WHEN multiplies = 'base' THEN c * CAST(base_d AS DECIMAL(18, 0))
      ELSE c * d
    END AS pay_d
  FROM shaped
),
divided AS (
  SELECT
    fractions.*,
    quotient(pay_n + coalesce(fee, 0) * pay_d, pay_d * rounding_to) AS steps,
    quotient(
      CASE WHEN at_most_percent THEN CAST(target_n AS DECIMAL(38, 8)) * CAST(at_most AS DECIMAL(9, 4)) ELSE at_most END,
      CASE WHEN at_most_percent THEN CAST(target_d AS DECIMAL(38, 0)) * rounding_to ELSE CAST(rounding_to AS DECIMAL(38, 4)) END)
      AS most_steps,
    quotient(
      CASE WHEN at_least_percent THEN CAST(target_n AS DECIMAL(38, 8)) * CAST(at_least AS DECIMAL(9, 4)) ELSE at_least END,
      CASE WHEN at_least_percent THEN CAST(target_d AS DECIMAL(38, 0)) * rounding_to ELSE CAST(rounding_to AS DECIMAL(38, 4)) END)
      AS least_steps
  FROM fractions
),
rounded AS (
  SELECT
    divided.*,
    CASE WHEN half_up THEN round(steps, 0) ELSE round_even(steps, 0) END * rounding_to AS whole_pay,
    CASE WHEN half_up THEN round(most_steps, 0) ELSE round_even(most_steps, 0) END * rounding_to AS most,
    CASE WHEN half_up THEN round(least_steps, 0) ELSE round_even(least_steps, 0) END * rounding_to AS least_pay
  FROM divided
),
paid AS (
  SELECT
    rounded.*, a.uncapped AS adjusted_uncapped, a.pay AS adjusted_pay, a.attainment AS blended, a.pays AS adjusted_pays,
    coalesce(nullif(a.missing, ''), rounded.missing) AS lacks
  FROM rounded
  LEFT JOIN part_adjusted AS a ON a.scenario = rounded.scenario AND a.plan = rounded.plan AND a.version = rounded.version
    AND a.part = rounded.part AND a.person_id = rounded.person_id AND a.window_month = rounded.window_month
    AND a.period = rounded.period
)
SELECT
  scenario, plan, version, part, person_id, window_month, period, settles, days, counted, facts, known_at,
  CAST(round_even(quotient(base_n, CAST(base_d AS DECIMAL(18, 0))), 6) AS DECIMAL(18, 6)) AS base,
  CAST(score AS DECIMAL(18, 6)) AS value,
  stands_for,
  CAST(CASE WHEN blended IS NOT NULL THEN blended WHEN key_is = 'attainment' OR base_kind <> 'nothing' THEN round_even(
    quotient(CAST(counted AS DECIMAL(38, 4)) * CAST(base_d AS DECIMAL(18, 0)), CAST(base_n AS DECIMAL(38, 4))), 9)
    END AS DECIMAL(18, 9)) AS attainment,
  CAST(round_even(quotient(target_n, CAST(target_d AS DECIMAL(18, 0))), 6) AS DECIMAL(18, 6)) AS target,
  CAST(CASE
    WHEN weight_units = 0 OR lacks <> '' THEN NULL
    WHEN adjusted_pays IS NOT NULL THEN adjusted_pays
    WHEN c IS NULL THEN CASE WHEN stands_for = 'target' THEN 1 ELSE 0 END
    ELSE round_even(quotient(CASE WHEN multiplies = 'target_per_base' THEN reached * base_d ELSE reached END,
      CASE WHEN multiplies = 'target_per_base' THEN c * CAST(base_n AS DECIMAL(38, 4)) ELSE c * d END), 9)
  END AS DECIMAL(18, 9)) AS pays,
  CAST(CASE WHEN lacks = '' THEN coalesce(adjusted_uncapped, whole_pay) END AS DECIMAL(18, 4)) AS uncapped,
  CAST(CASE WHEN adjusted_pay IS NOT NULL THEN adjusted_pay WHEN lacks = '' THEN least(greatest(whole_pay, coalesce(least_pay, whole_pay)), coalesce(most,
    greatest(whole_pay, coalesce(least_pay, whole_pay)))) END AS DECIMAL(18, 4)) AS pay,
  lacks AS missing, answers AS n, observed, low_end AS low, high_end AS high, z, collective
FROM paid
