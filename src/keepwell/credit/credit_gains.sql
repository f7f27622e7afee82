-- one row per customer and span in which their value changed: what they gained, of which people can have credit, and what became
-- of them
-- key: span_no
-- gives:
--   span_no integer      the customer and span, as in credit_spans
--   gained money!        what was won, kept and grown
--   change money!        all that changed but the estimate
--   was_customer boolean! worth something before: not just won
--   is_lost boolean!     lost in the span, or shrank
--   is_gone boolean!     lost
SELECT
  spans.span_no,
  CAST(sum(CASE WHEN changes.cause <> 're_estimated' AND changes.amount > 0 THEN changes.amount ELSE 0 END) AS DECIMAL(18, 4))
    AS gained,
  CAST(sum(CASE WHEN changes.cause <> 're_estimated' THEN changes.amount ELSE 0 END) AS DECIMAL(18, 4)) AS change,
  max(CASE WHEN changes.cause = 'won' THEN 1 ELSE 0 END) = 0 AS was_customer,
  max(CASE WHEN changes.cause IN ('lost', 'shrunk') THEN 1 ELSE 0 END) = 1 AS is_lost,
  max(CASE WHEN changes.cause = 'lost' THEN 1 ELSE 0 END) = 1 AS is_gone
FROM equity_changes AS changes
JOIN credit_spans AS spans ON spans.customer_id = changes.customer_id AND spans.from_on = changes.from_on
  AND spans.to_on = changes.to_on
GROUP BY spans.span_no
