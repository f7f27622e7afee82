-- one row per customer: their number, market, and the days on which their life with the company changed its phase.
-- What has not come (yet) is the last day there is, 9999-12-31. Not yet a customer: evaluating. From the purchase until
-- they are live: installing (where going live is a milestone at all); 90 days of adopting; then using, until they left.
-- A contract whose term ran out unrenewed counts as left only when the window `lapse` (30 days) is over as well.
-- key: customer_no
-- gives:
--   customer_no integer   the customer's place in the order of ids, so that tables sort and join quickly
--   customer_id text      the customer
--   segment text          '' none
--   region text           '' none
--   purchased_on date     the first purchase: a deal won, a contract started, an order
--   live_on date          the first go-live
--   adopts_from date      live, or bought where going live is not recorded
--   uses_from date        90 days later
--   left_on date          the last contract ended, and none followed
WITH settings AS (
  SELECT
    max(run_settings.today) AS today,
    (SELECT coalesce(max(CASE WHEN windows.name = 'lapse' THEN windows.days END), 30) FROM windows) AS lapse
  FROM run_settings
),
order_days AS (
  SELECT orders.customer_id, CAST(min(orders.ordered_at) AS DATE) AS utc_on, min(orders.ordered_at) AS ordered_at
  FROM orders
  GROUP BY orders.customer_id
),
purchases AS (
  SELECT deals.customer_id, deals.closed_on AS on_day
  FROM deals
  WHERE deals.outcome = 'won' AND coalesce(deals.kind, 'new') <> 'renewal'
  UNION ALL
  SELECT contracts.customer_id, contracts.starts_on FROM contracts
  UNION ALL
  SELECT customers.customer_id, customers.customer_since_on FROM customers
  UNION ALL
  SELECT
    order_days.customer_id,
    CASE WHEN order_days.ordered_at < local_days.first_at THEN local_days.before_on
         WHEN order_days.ordered_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, order_days.utc_on) END
  FROM order_days
  LEFT JOIN local_days ON local_days.day = order_days.utc_on
),
bought AS (
  SELECT purchases.customer_id, min(purchases.on_day) AS purchased_on FROM purchases GROUP BY purchases.customer_id
),
going_live AS (
  SELECT milestones.customer_id, min(milestones.reached_at) AS reached_at
  FROM milestones
  WHERE milestones.kind = 'went_live'
  GROUP BY milestones.customer_id
),
live AS (
  SELECT
    going_live.customer_id,
    CASE WHEN going_live.reached_at IS NULL THEN CAST('9999-12-31' AS DATE)
         WHEN going_live.reached_at < local_days.first_at THEN local_days.before_on
         WHEN going_live.reached_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(going_live.reached_at AS DATE)) END AS live_on
  FROM going_live
  LEFT JOIN local_days ON local_days.day = CAST(going_live.reached_at AS DATE)
),
renewed AS (
  SELECT contracts.renews_id AS contract_id, min(contracts.starts_on) AS next_on
  FROM contracts
  CROSS JOIN settings
  WHERE contracts.renews_id <> contracts.contract_id AND contracts.starts_on <= settings.today
    AND (contracts.ended_on IS NULL OR contracts.starts_on < contracts.ended_on)
  GROUP BY contracts.renews_id
),
ends AS (
  SELECT
    contracts.customer_id,
    max(
      -- what was renewed waits for no answer: the contract that renews it says when it ends
      CASE WHEN renewed.next_on IS NOT NULL AND contracts.ended_on IS NULL
           THEN least(renewed.next_on, coalesce(contracts.ends_on, renewed.next_on))
           WHEN contracts.ended_on IS NOT NULL THEN least(contracts.ended_on, coalesce(contracts.ends_on, contracts.ended_on))
           WHEN date_diff('day', contracts.ends_on, settings.today) > settings.lapse THEN contracts.ends_on
           ELSE CAST('9999-12-31' AS DATE) END
    ) AS left_on
  FROM contracts
  CROSS JOIN settings
  LEFT JOIN renewed ON renewed.contract_id = contracts.contract_id
  GROUP BY contracts.customer_id
),
joined AS (
  SELECT
    customers.customer_id,
    coalesce(customers.segment, '') AS segment,
    coalesce(customers.region, '') AS region,
    coalesce(bought.purchased_on, CAST('9999-12-31' AS DATE)) AS purchased_on,
    coalesce(live.live_on, CAST('9999-12-31' AS DATE)) AS live_on,
    CASE WHEN bought.purchased_on IS NULL THEN CAST('9999-12-31' AS DATE)
         WHEN live.live_on IS NULL THEN bought.purchased_on
         ELSE greatest(live.live_on, bought.purchased_on) END AS adopts_from,
    CASE WHEN ends.left_on <= settings.today THEN ends.left_on ELSE CAST('9999-12-31' AS DATE) END AS left_on
  FROM customers
  CROSS JOIN settings
  LEFT JOIN bought ON bought.customer_id = customers.customer_id
  LEFT JOIN live ON live.customer_id = customers.customer_id
  LEFT JOIN ends ON ends.customer_id = customers.customer_id
)
SELECT
  row_number() OVER (ORDER BY joined.customer_id NULLS FIRST) AS customer_no,
  joined.customer_id,
  joined.segment,
  joined.region,
  joined.purchased_on,
  joined.live_on,
  joined.adopts_from,
  CASE WHEN joined.adopts_from = CAST('9999-12-31' AS DATE) THEN joined.adopts_from
       ELSE joined.adopts_from + 90 END AS uses_from,
  joined.left_on
FROM joined
