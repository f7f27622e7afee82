-- one row per account that a line of pay moves: double entry, in which each entry adds to zero. Above zero is debit, below
-- zero credit. Debit accounts: `earned` (what pay has cost), `advanced` (set aside or paid before it is earned), `draw`
-- (paid ahead of pay) and `recoverable` (to be taken from later payouts). Credit accounts: `held` (set aside, not yet
-- payable), `payable` (owed to the person) and `paid` (what left with a closed period). An entry is a line of pay, or the
-- payout of a closed period, which moves all that was payable in it to `paid`.
-- key: scenario, person_id, period, entry_id, account
-- kept: yes
-- gives:
--   scenario text          always actual: a what-if owes nobody anything
--   person_id text         who is paid
--   period integer         first month of the settlement period in which it is booked
--   entry_id text          the line's id, or that of the payout
--   account text           earned, held, advanced, payable, draw, recoverable, paid
--   status text            settled or open
--   movement text          that of the line; paid for a payout
--   plan text              the plan; '' a payout
--   version text           its version; '' a payout
--   part text              the part; '' recovery, a draw, a guarantee, or a payout
--   belongs_to integer     first month of the settlement period that it belongs to
--   currency text          of the amount
--   customer_id text       '' none
--   contract_id text       '' none
--   amount money           debit above zero, credit below
WITH entries AS (
  SELECT
    person_id, period, line_id AS entry_id, status, movement, plan, version, part, belongs_to, currency, customer_id,
    contract_id, earned, held, payable, draw, recoverable, CAST(0 AS DECIMAL(18, 4)) AS paid
  FROM pay_lines
  WHERE scenario = 'actual'
  UNION ALL
  SELECT
    person_id, period, substr(md5(concat_ws('|', person_id, currency, CAST(period AS VARCHAR), 'paid')), 1, 16) AS entry_id,
    status, 'paid' AS movement, '' AS plan, '' AS version, '' AS part, period AS belongs_to, currency, '' AS customer_id,
    '' AS contract_id, CAST(0 AS DECIMAL(18, 4)) AS earned, CAST(0 AS DECIMAL(18, 4)) AS held, -sum(payable) AS payable,
    CAST(0 AS DECIMAL(18, 4)) AS draw, CAST(0 AS DECIMAL(18, 4)) AS recoverable, sum(payable) AS paid
  FROM pay_lines
  WHERE scenario = 'actual' AND status = 'settled'
  GROUP BY person_id, period, currency, status
),
posted AS (
  SELECT
    entries.*, a.account,
    CASE a.account
      WHEN 'earned' THEN earned
      WHEN 'held' THEN -held
      WHEN 'advanced' THEN held + payable + paid - earned - draw - recoverable
      WHEN 'payable' THEN -payable
      WHEN 'draw' THEN draw
      WHEN 'recoverable' THEN recoverable
      ELSE -paid
    END AS amount
  FROM entries
  CROSS JOIN (VALUES ('earned'), ('held'), ('advanced'), ('payable'), ('draw'), ('recoverable'), ('paid')) AS a(account)
)
SELECT
  'actual' AS scenario, person_id, period, entry_id, account, status, movement, plan, version, part, belongs_to, currency,
  customer_id, contract_id, CAST(amount AS DECIMAL(18, 4)) AS amount
FROM posted
WHERE amount <> 0
