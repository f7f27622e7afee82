-- one row per span and department: what the customers that it worked for gained and lost of their value, by its credit
-- key: from_on, to_on, department
-- gives:
--   from_on date           the span's first day
--   to_on date             the day as of which it ends
--   department text        the department; nobody
--   gained money!          what was won, kept and grown
--   passed money!          of customers who stayed: what time used up of their value (they paid it, terms ran on); negative
--   lost money!            what was lost and shrank; negative
--   re_estimated money!    estimated anew: nobody's work
--   customers integer!     of whom it has credit
SELECT
  credit_ledger.from_on,
  credit_ledger.to_on,
  credit_ledger.department,
  CAST(sum(CASE WHEN credit_ledger.cause <> 're_estimated' AND credit_ledger.amount > 0 THEN credit_ledger.amount ELSE 0 END)
    AS DECIMAL(18, 4)) AS gained,
  CAST(sum(CASE WHEN credit_ledger.cause = 'kept' AND credit_ledger.amount < 0 THEN credit_ledger.amount ELSE 0 END)
    AS DECIMAL(18, 4)) AS passed,
  CAST(sum(CASE WHEN credit_ledger.cause NOT IN ('kept', 're_estimated') AND credit_ledger.amount < 0
    THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4)) AS lost,
  CAST(sum(CASE WHEN credit_ledger.cause = 're_estimated' THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4))
    AS re_estimated,
  count(DISTINCT credit_ledger.customer_no) AS customers
FROM credit_ledger
GROUP BY credit_ledger.from_on, credit_ledger.to_on, credit_ledger.department
