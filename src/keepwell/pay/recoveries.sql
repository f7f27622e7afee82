-- one row per person, currency and open settlement period in which something is recovered or put off: what was taken back
-- is recovered from later payouts, no more than the plan's share of each; no payout goes below zero, what is missing is
-- put off. What is still to be recovered after period t is S(t) − min(0, S(1), …, S(t)), where S adds up what is owed
-- less what may be recovered: the same as going through the periods one by one.
-- key: scenario, person_id, currency, period
-- gives:
--   scenario text          actual, or a what-if
--   person_id text         who is paid
--   currency text          of the amounts
--   period integer         first month of the settlement period
--   plan text              the plan whose rule is used (the strictest); '' only adjustments: nothing is recovered
--   version text           its version
--   payout money           what would be payable without recovery
--   owed money             to be recovered before: from earlier periods and taken back in this one
--   put_off money          what the payout lacks to zero
--   recovered money        recovered in this period; negative: given back
--   left_over money        still to be recovered afterwards
WITH moved AS (
  SELECT
    o.scenario, o.person_id, coalesce(v.currency, w.currency) AS currency, o.period, o.plan, o.version, v.recover_at_most, o.payable, o.recoverable
  FROM open_lines AS o
  LEFT JOIN plan_versions AS v ON v.scenario = o.scenario AND v.plan = o.plan AND v.version = o.version
  LEFT JOIN (
    SELECT plan, version, min(currency) AS currency FROM settled_lines GROUP BY plan, version
  ) AS w ON o.scenario = 'actual' AND w.plan = o.plan AND w.version = o.version
  UNION ALL
  SELECT
    'actual' AS scenario, person_id, currency, period, CAST(NULL AS VARCHAR) AS plan, CAST(NULL AS VARCHAR) AS version,
    CAST(NULL AS DECIMAL(18, 9)) AS recover_at_most, amount AS payable, CAST(0 AS DECIMAL(18, 4)) AS recoverable
  FROM adjusted_lines
),
plain AS (
  SELECT
    scenario, person_id, currency, period, coalesce(min(plan), '') AS plan, coalesce(min(version), '') AS version,
    coalesce(min(recover_at_most), 0) AS at_most, sum(payable) AS payout, sum(recoverable) AS taken
  FROM moved
  GROUP BY scenario, person_id, currency, period
),
opening AS (
  SELECT scenario, person_id, currency, sum(recoverable) AS owed FROM settled_lines GROUP BY scenario, person_id, currency
),
flows AS (
  SELECT
    p.*, coalesce(o.owed, 0) AS owed_before,
    p.taken + greatest(-p.payout, 0) AS added,
    floor(greatest(p.payout, 0) * p.at_most * 100) * CAST(0.01 AS DECIMAL(3, 2)) AS room,
    greatest(-p.payout, 0) AS put_off
  FROM plain AS p
  LEFT JOIN opening AS o ON o.scenario = p.scenario AND o.person_id = p.person_id AND o.currency = p.currency
),
summed AS (
  SELECT
    flows.*,
    owed_before + sum(added - room) OVER (PARTITION BY scenario, person_id, currency ORDER BY period
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS s
  FROM flows
),
balanced AS (
  SELECT
    summed.*,
    s - least(0, min(s) OVER (PARTITION BY scenario, person_id, currency ORDER BY period
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS balance
  FROM summed
),
stepped AS (
  SELECT
    balanced.*,
    coalesce(lag(balance) OVER (PARTITION BY scenario, person_id, currency ORDER BY period), owed_before) AS balance_before
  FROM balanced
)
SELECT
  scenario, person_id, currency, period, plan, version, CAST(payout AS DECIMAL(18, 4)) AS payout,
  CAST(balance_before + taken AS DECIMAL(18, 4)) AS owed, CAST(put_off AS DECIMAL(18, 4)) AS put_off,
  CAST(balance_before + added - balance AS DECIMAL(18, 4)) AS recovered, CAST(balance AS DECIMAL(18, 4)) AS left_over
FROM stepped
WHERE balance_before + added - balance <> 0 OR put_off <> 0 OR balance <> 0
