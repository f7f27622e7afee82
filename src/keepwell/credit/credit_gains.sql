-- one row per customer and span in which their value changed: what they gained, of which people can have credit, and what became
-- of them
-- key: customer_no, from_on, to_on
-- gives:
--   customer_no integer  the customer's place in the order of ids
--   from_on date         the span's first day
--   to_on date           the day as of which it ends
--   gained money!        what was won, kept and grown
--   change money!        all that changed but the estimate
--   was_customer boolean! worth something before: not just won
--   is_lost boolean!     lost in the span, or shrank
--   is_gone boolean!     lost
SELECT
  spans.customer_no,
  spans.from_on,
  spans.to_on,
  CAST(sum(CASE WHEN changes.cause <> 're_estimated' AND changes.amount > 0 THEN changes.amount ELSE 0 END) AS DECIMAL(18, 4))
    AS gained,
  CAST(sum(CASE WHEN changes.cause <> 're_estimated' THEN changes.amount ELSE 0 END) AS DECIMAL(18, 4)) AS change,
  max(CASE WHEN changes.cause = 'won' THEN 1 ELSE 0 END) = 0 AS was_customer,
  max(CASE WHEN changes.cause IN ('lost', 'shrunk') THEN 1 ELSE 0 END) = 1 AS is_lost,
  max(CASE WHEN changes.cause = 'lost' THEN 1 ELSE 0 END) = 1 AS is_gone
FROM equity_changes AS changes
JOIN credit_spans AS spans ON spans.customer_id = changes.customer_id AND spans.from_on = changes.from_on
  AND spans.to_on = changes.to_on
GROUP BY spans.customer_no, spans.from_on, spans.to_on
