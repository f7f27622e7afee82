-- one row per customer and span of time over which their value changed: from which day on people stood behind that. Counted
-- are the days of the span and, where it is shorter, all of the last 180 before its end (window `credit`).
-- key: customer_no, from_on, to_on
-- gives:
--   customer_no integer  the customer's place in the order of ids
--   customer_id text!    the customer
--   from_on date         the span's first day
--   to_on date           the day as of which it ends
--   span_no integer!     the place of this customer and span among all, by which the others are joined
--   since_on date!       the first day that counts
--   before_on date!      the first day that counts no more: the run's own day counts, as it does for the value
SELECT
  customer_lives.customer_no,
  changed.customer_id,
  changed.from_on,
  changed.to_on,
  row_number() OVER (ORDER BY customer_lives.customer_no, changed.from_on, changed.to_on) AS span_no,
  least(changed.from_on, changed.to_on - CAST(coalesce(said.days, 180) AS INTEGER)) AS since_on,
  CASE WHEN changed.to_on = run_settings.today THEN changed.to_on + 1 ELSE changed.to_on END AS before_on
FROM (SELECT DISTINCT equity_changes.customer_id, equity_changes.from_on, equity_changes.to_on FROM equity_changes) AS changed
CROSS JOIN run_settings
CROSS JOIN (SELECT max(CASE WHEN windows.name = 'credit' THEN windows.days END) AS days FROM windows) AS said
JOIN customer_lives ON customer_lives.customer_id = changed.customer_id
