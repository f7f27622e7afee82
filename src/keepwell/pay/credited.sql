-- one row per fact and person whom a part of a plan credits for it: what it counts, in the plan's currency. The plan is
-- the one in force for the person on the fact's day. `also` rows are of people outside the plan, see also_pays.
-- key: scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
-- per: person_id of credit_people, members, book_credit, also_credited, unit_credits
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   part text            the part
--   person_id text       who is credited
--   use text             counted, base, or also
--   measure text         the amount measure
--   fact_id text         the fact
--   credit_row text      the plan's row of credit
--   who text             deal_shares, owner, or a role
--   low share            where the person's share of the fact begins
--   high share           where it ends
--   period integer       the plan's period in which the fact's day lies
--   on_day date          the fact's day
--   customer_id text     '' none
--   contract_id text     '' none
--   amount money         the whole fact, in its own currency
--   currency text        the fact's currency
--   rate share           to the plan's currency, where that is another; null where they are one
--   counted money        the person's part of it, in the plan's currency
--   known_at timestamp   when we learned of the fact
WITH claimed AS (
  SELECT k.*, m.scenario, m.plan, m.version
  FROM credit_people AS k
  JOIN members AS m ON m.person_id = k.person_id AND m.from_on <= k.on_day AND k.on_day < m.to_on
  UNION ALL
  SELECT
    measure, fact_id, who, person_id, low, high, on_day, customer_id, contract_id, amount, currency, known_at, scenario,
    plan, version
  FROM book_credit
  WHERE counts
),
own AS (
  SELECT
    u.scenario, u.plan, u.version, c.part, u.person_id, c.use, u.measure, u.fact_id, c.credit_row, u.who, c.fits,
    c.low AS row_low, c.high AS row_high, u.low, u.high, u.on_day, u.customer_id, u.contract_id, u.amount, u.currency, u.known_at
  FROM claimed AS u
  JOIN plan_credit AS c ON c.scenario = u.scenario AND c.plan = u.plan AND c.version = u.version
    AND c.measure = u.measure AND c.who = u.who AND c.use <> 'also' AND c.finds = 'own'
),
credits AS (
  SELECT * FROM own
  UNION ALL
  SELECT * FROM also_credited
  UNION ALL
  SELECT * FROM unit_credits
),
valued AS (
  SELECT
    c.scenario, c.plan, c.version, c.part, c.person_id, c.use, c.measure, c.fact_id, c.credit_row, c.who,
    c.on_day, c.customer_id, c.contract_id, c.amount, c.currency, c.known_at,
    year(c.on_day) * 12 + month(c.on_day) - 1 AS on_month, v.period_months, s.year_starts, v.currency AS plan_currency,
    x.rate, x.plan_rate, c.fits, a.standing,
    CASE WHEN c.row_low = 0 AND c.row_high = 1 THEN c.low ELSE CAST(round_even(CAST(c.row_low AS DECIMAL(19, 9))
      + CAST(c.row_high - c.row_low AS DECIMAL(19, 9)) * c.low, 9) AS DECIMAL(18, 9)) END AS low,
    CASE WHEN c.row_low = 0 AND c.row_high = 1 THEN c.high ELSE CAST(round_even(CAST(c.row_low AS DECIMAL(19, 9))
      + CAST(c.row_high - c.row_low AS DECIMAL(19, 9)) * c.high, 9) AS DECIMAL(18, 9)) END AS high
  FROM credits AS c
  JOIN plan_versions AS v ON v.scenario = c.scenario AND v.plan = c.plan AND v.version = c.version
  CROSS JOIN run_settings AS s
  LEFT JOIN plan_exchange AS x ON x.scenario = c.scenario AND x.plan = c.plan AND x.version = c.version
    AND x.currency = c.currency AND x.on_day = c.on_day
  LEFT JOIN saves AS a ON a.scenario = c.scenario AND a.plan = c.plan AND a.version = c.version
    AND a.contract_id = c.contract_id AND c.contract_id <> ''
),
converted AS (
  SELECT
    valued.*,
    CASE WHEN currency = plan_currency THEN CAST(amount AS DECIMAL(38, 4))
      ELSE round_even(quotient(round_even(CAST(amount AS DECIMAL(38, 4)) * rate, 12), plan_rate), 4) END AS worth,
    CASE WHEN currency = plan_currency THEN NULL ELSE round_even(quotient(rate, plan_rate), 9) END AS own_rate
  FROM valued
  WHERE fits = 'any' OR (fits = 'other' AND standing IS NULL) OR (fits = 'saved' AND standing = 'saved')
),
stretched AS (
  SELECT
    converted.*,
    CASE WHEN low = 0 AND high = 1 THEN 0 WHEN worth = round_even(worth, 2) THEN 100 ELSE 10000 END AS grain,
    CASE WHEN low <> 0 OR high <> 1 THEN worth * CAST(low AS DECIMAL(19, 9)) END AS from_exact,
    CASE WHEN low <> 0 OR high <> 1 THEN worth * CAST(high AS DECIMAL(19, 9)) END AS to_exact
  FROM converted
)
SELECT
  scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who,
  CAST(low AS DECIMAL(18, 9)) AS low, CAST(high AS DECIMAL(18, 9)) AS high,
  CAST(on_month - mod(on_month - (year_starts - 1), period_months) AS BIGINT) AS period,
  on_day, customer_id, contract_id, amount, currency, CAST(own_rate AS DECIMAL(18, 9)) AS rate,
  CASE
    WHEN grain = 0 THEN CAST(worth AS DECIMAL(18, 4))
    WHEN grain = 100 AND worth >= 0
      THEN CAST((ceil(to_exact * 100) - ceil(from_exact * 100)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 4))
    WHEN grain = 100
      THEN CAST((floor(to_exact * 100) - floor(from_exact * 100)) * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 4))
    WHEN worth >= 0
      THEN CAST((ceil(to_exact * 10000) - ceil(from_exact * 10000)) * CAST(0.0001 AS DECIMAL(5, 4)) AS DECIMAL(18, 4))
    ELSE CAST((floor(to_exact * 10000) - floor(from_exact * 10000)) * CAST(0.0001 AS DECIMAL(5, 4)) AS DECIMAL(18, 4))
  END AS counted,
  known_at
FROM stretched
