-- one row per contract that was left or began to be paid, and per milestone that was reached: the day, in the company's time
-- zone. What became of a contract is the contract's, whichever customer an invoice or a milestone of it names. A contract is
-- paid on the day on which its first invoice is.
-- key: kind, customer_id, contract_id
-- gives:
--   kind text            left, paid, or the milestone's kind
--   customer_id text     of a milestone without a contract: whose; '' of a contract
--   contract_id text     the contract; '' a milestone that is the customer's alone
--   on_day date          when; up to the run's day
--   reason text          why the customer left; '' unknown, or a milestone
--   known_at timestamp   when we learned of it
WITH first_invoices AS (
  SELECT
    i.contract_id, i.paid_on, i.known_at,
    row_number() OVER (PARTITION BY i.contract_id ORDER BY i.issued_on NULLS LAST, i.invoice_id) AS place
  FROM invoices AS i
  JOIN (SELECT DISTINCT hold_until FROM plan_parts WHERE hold_until = 'paid') AS p ON p.hold_until = 'paid'
  WHERE i.contract_id <> '' AND i.amount > 0
),
reached AS (
  SELECT m.kind, CASE WHEN m.contract_id = '' THEN m.customer_id ELSE '' END AS customer_id, m.contract_id, m.reached_at, m.known_at
  FROM milestones AS m
  CROSS JOIN run_settings AS s
  WHERE m.reached_at <= s.as_of
),
first_reached AS (
  SELECT
    reached.*,
    row_number() OVER (PARTITION BY kind, customer_id, contract_id ORDER BY reached_at, known_at) AS place
  FROM reached
)
SELECT
  'left' AS kind, '' AS customer_id, c.contract_id, c.ended_on AS on_day, coalesce(c.end_reason, '') AS reason, c.known_at
FROM contracts AS c
CROSS JOIN run_settings AS s
WHERE c.ended_on <= s.today
UNION ALL
SELECT
  m.kind, m.customer_id, m.contract_id,
  CASE WHEN m.reached_at < l.first_at THEN l.before_on WHEN m.reached_at < l.second_at THEN l.between_on
    ELSE l.after_on END AS on_day,
  '' AS reason, m.known_at
FROM first_reached AS m
JOIN local_days AS l ON l.day = CAST(m.reached_at AS DATE)
WHERE m.place = 1
UNION ALL
SELECT 'paid' AS kind, '' AS customer_id, i.contract_id, i.paid_on AS on_day, '' AS reason, i.known_at
FROM first_invoices AS i
CROSS JOIN run_settings AS s
WHERE i.place = 1 AND i.paid_on <= s.today
