-- one row per invoice: its amount, on the day it was paid.
-- key: measure, fact_id
-- gives:
--   measure text           the amount measure
--   fact_id text           the row that is the fact
--   ref_table text!        its table
--   customer_id text!      '' none
--   contract_id text!      '' none
--   deal_id text!          '' none
--   owner_id text!         '' none
--   on_day date!           the day that decides the period
--   amount money!          in its own currency
--   currency text!         of the amount
--   known_at timestamp!    when we learned it
--   source text            which source wrote the row
--   source_file text       the file or query it came from
--   source_row integer     its row there
SELECT
  'paid_amount' AS measure,
  invoices.invoice_id AS fact_id,
  'invoices' AS ref_table,
  coalesce(invoices.customer_id, contracts.customer_id, orders.customer_id, '') AS customer_id,
  coalesce(invoices.contract_id, '') AS contract_id,
  coalesce(contracts.deal_id, '') AS deal_id,
  coalesce(orders.person_id, deals.owner_id, '') AS owner_id,
  invoices.paid_on AS on_day,
  invoices.amount,
  coalesce(invoices.currency, run_settings.currency) AS currency,
  invoices.known_at,
  invoices.source,
  invoices.source_file,
  invoices.source_row
FROM invoices
CROSS JOIN run_settings
LEFT JOIN contracts ON contracts.contract_id = invoices.contract_id
LEFT JOIN orders ON orders.order_id = invoices.order_id
LEFT JOIN deals ON deals.deal_id = contracts.deal_id
WHERE invoices.amount IS NOT NULL AND invoices.paid_on <= run_settings.today
