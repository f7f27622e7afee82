-- one row per contract that a customer left or began to pay, and per milestone that was reached: the day, in the company's
-- time zone. A contract is paid on the day on which its first invoice is.
-- key: kind, customer_id, contract_id
-- gives:
--   kind text            left, paid, or the milestone's kind
--   customer_id text     whose
--   contract_id text     the contract; '' a milestone that is the customer's alone
--   on_day date          when; up to the run's day
--   reason text          why the customer left; '' unknown, or a milestone
--   known_at timestamp   when we learned of it
WITH first_invoices AS (
  SELECT
    i.customer_id, i.contract_id, i.paid_on, i.known_at,
    row_number() OVER (PARTITION BY i.customer_id, i.contract_id ORDER BY i.issued_on NULLS LAST, i.invoice_id) AS place
  FROM invoices AS i
  JOIN (SELECT DISTINCT hold_until FROM plan_parts WHERE hold_until = 'paid') AS p ON p.hold_until = 'paid'
  WHERE i.contract_id <> '' AND i.amount > 0
)
SELECT
  'left' AS kind, c.customer_id, c.contract_id, c.ended_on AS on_day, coalesce(c.end_reason, '') AS reason, c.known_at
FROM contracts AS c
CROSS JOIN run_settings AS s
WHERE c.ended_on <= s.today
UNION ALL
SELECT
  m.kind, m.customer_id, m.contract_id,
  CASE WHEN m.reached_at < l.first_at THEN l.before_on WHEN m.reached_at < l.second_at THEN l.between_on
    ELSE l.after_on END AS on_day,
  '' AS reason, m.known_at
FROM milestones AS m
CROSS JOIN run_settings AS s
JOIN local_days AS l ON l.day = CAST(m.reached_at AS DATE)
WHERE m.reached_at <= s.as_of
UNION ALL
SELECT 'paid' AS kind, i.customer_id, i.contract_id, i.paid_on AS on_day, '' AS reason, i.known_at
FROM first_invoices AS i
CROSS JOIN run_settings AS s
WHERE i.place = 1 AND i.paid_on <= s.today
