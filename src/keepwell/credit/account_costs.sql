-- one row per span of time over which values changed, and department: what was booked on it, in the company's currency
-- key: from_on, to_on, department
-- gives:
--   from_on date       the span's first day
--   to_on date         the day as of which it ends
--   department text    the department; nobody: the source names none
--   amount money!      what it spent, each cost at the rate of its day
--   unrated integer!   costs in a currency without a rate on their day: not in the amount
WITH spans AS (
  SELECT DISTINCT equity_changes.from_on, equity_changes.to_on FROM equity_changes
),
booked AS (
  SELECT
    spans.from_on, spans.to_on, coalesce(costs.department, 'nobody') AS department,
    CASE WHEN coalesce(costs.currency, run_settings.currency) = run_settings.currency THEN costs.amount
         ELSE CAST(round_even(CAST(costs.amount AS DECIMAL(38, 4)) * rate_spans.rate, 4) AS DECIMAL(18, 4)) END AS amount
  FROM costs
  CROSS JOIN run_settings
  JOIN spans ON spans.from_on <= costs."on"
    AND (costs."on" < spans.to_on OR (costs."on" = spans.to_on AND spans.to_on = run_settings.today))
  LEFT JOIN rate_spans ON rate_spans.currency = costs.currency AND rate_spans.from_on <= costs."on"
    AND (rate_spans.to_on IS NULL OR costs."on" < rate_spans.to_on)
  WHERE costs.amount IS NOT NULL
)
SELECT
  booked.from_on,
  booked.to_on,
  booked.department,
  CAST(coalesce(sum(booked.amount), 0) AS DECIMAL(18, 4)) AS amount,
  count(*) - count(booked.amount) AS unrated
FROM booked
GROUP BY booked.from_on, booked.to_on, booked.department
