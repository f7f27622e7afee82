-- one row per order, contract or cost of the last year that counts for nothing in what customers are worth, and why: to be mended where it matters
-- key: ref_table, ref_id
-- kept: yes
-- gives:
--   ref_table text     orders, contracts or costs
--   ref_id text        the order or contract; of a returned day the customer and the day
--   customer_id text!  '' nobody known, or all
--   on_day date!       the order's day, the contract's first
--   amount money       the order's amount, the contract's yearly value, as the record has it
--   currency text!     of the amount
--   reason text!       no exchange rate, no amount, amount 0, no annual value, no customer, before orders_from, dated ahead, not begun, returned as a whole, returned unbought
SELECT
  'orders' AS ref_table, valued_orders.order_id AS ref_id, valued_orders.customer_id, valued_orders.on_day,
  valued_orders.given AS amount, valued_orders.currency, valued_orders.reason
FROM valued_orders
WHERE valued_orders.reason <> ''
UNION ALL
SELECT 'contracts', valued_contracts.contract_id, valued_contracts.customer_id, valued_contracts.starts_on,
  valued_contracts.given, valued_contracts.currency, valued_contracts.reason
FROM valued_contracts
WHERE valued_contracts.reason <> ''
UNION ALL
SELECT 'orders', order_nets.customer_id || ' ' || CAST(order_nets.on_day AS VARCHAR), order_nets.customer_id,
  order_nets.on_day, order_nets.amount, run_settings.currency,
  CASE WHEN order_nets.amount = 0 THEN 'returned as a whole' ELSE 'returned unbought' END
FROM order_nets
CROSS JOIN run_settings
WHERE order_nets.bought_on IS NULL
UNION ALL
SELECT 'orders', returned.customer_id || ' ' || CAST(returned.bought_on AS VARCHAR), returned.customer_id,
  returned.bought_on, returned.amount, run_settings.currency, 'returned as a whole'
FROM (
  SELECT order_nets.customer_id, order_nets.bought_on, CAST(sum(order_nets.amount) AS DECIMAL(18, 4)) AS amount
  FROM order_nets
  WHERE order_nets.bought_on IS NOT NULL
  GROUP BY order_nets.customer_id, order_nets.bought_on
  HAVING sum(order_nets.amount) <= 0
) AS returned
CROSS JOIN run_settings
UNION ALL
SELECT 'contracts', contracts.contract_id, contracts.customer_id, contracts.starts_on, contracts.annual_value,
  coalesce(contracts.currency, run_settings.currency), 'not begun'
FROM contracts
CROSS JOIN run_settings
WHERE contracts.customer_id IS NOT NULL AND contracts.starts_on > run_settings.today
UNION ALL
SELECT 'costs', valued_costs.cost_id, '', valued_costs.on_day, valued_costs.given, valued_costs.currency, 'no exchange rate'
FROM valued_costs
WHERE valued_costs.amount IS NULL
