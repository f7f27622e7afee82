-- one row per fact that an amount measure counts: all of them in one shape (see facts.py).
-- key: measure, fact_id
-- kept: yes
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
SELECT * FROM facts_signed_annual_value
UNION ALL
SELECT * FROM facts_signed_amount
UNION ALL
SELECT * FROM facts_order_amount
UNION ALL
SELECT * FROM facts_annual_value_due
UNION ALL
SELECT * FROM facts_renewed_annual_value
UNION ALL
SELECT * FROM facts_saved
UNION ALL
SELECT * FROM facts_invoiced_amount
UNION ALL
SELECT * FROM facts_paid_amount
