-- one row per span and department: what the customers that it worked for gained and lost of their value, by its credit
-- key: from_on, to_on, department
-- gives:
--   from_on date           the span's first day
--   to_on date             the day as of which it ends
--   department text        the department; nobody
--   gained money!          what was won and grew
--   lost money!            what was lost and shrank; negative
--   kept money!            of customers who stayed at the same spending: renewals made raise it, time passed lowers it
--   re_estimated money!    estimated anew: nobody's work
--   customers integer!     of whom it has credit
SELECT
  credit_ledger.from_on,
  credit_ledger.to_on,
  credit_ledger.department,
  CAST(sum(CASE WHEN credit_ledger.cause IN ('won', 'grown') THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4)) AS gained,
  CAST(sum(CASE WHEN credit_ledger.cause IN ('lost', 'shrunk') THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4)) AS lost,
  CAST(sum(CASE WHEN credit_ledger.cause = 'kept' THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4)) AS kept,
  CAST(sum(CASE WHEN credit_ledger.cause = 're_estimated' THEN credit_ledger.amount ELSE 0 END) AS DECIMAL(18, 4))
    AS re_estimated,
  count(DISTINCT CASE WHEN credit_ledger.cause <> 're_estimated' THEN credit_ledger.customer_no END) AS customers
FROM credit_ledger
GROUP BY credit_ledger.from_on, credit_ledger.to_on, credit_ledger.department
