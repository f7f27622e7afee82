-- one row per segment of customers: what is left of their revenue, and why so. As the company states it; or what is left of
-- the revenue of the last 365 days after the costs that were booked for the segment's own customers (from costs), or
-- after those and a part of all other costs by revenue (from all costs). A segment without revenue has that of all;
-- where no cost was booked, all of revenue is left.
-- key: segment
-- kept: yes
-- gives:
--   segment text     '' none
--   margin share!    below nought where costs were above revenue
--   because text!    stated, stated for others, nothing said, costs, costs of all, no costs, no revenue
--   revenue money!   of the last 365 days, in the company's currency
--   own money!       costs of the segment's own customers
--   shared money!    its part of the costs that were for all
WITH segments AS (
  SELECT DISTINCT customer_lives.segment FROM customer_lives
),
earned AS (
  SELECT customer_lives.segment,
    sum(CAST(value_spans.value AS DECIMAL(38, 4)) * greatest(0, date_diff('day',
      greatest(value_spans.from_on, run_settings.today - 365), least(value_spans.to_on, run_settings.today)))) AS value_days,
    CAST(0 AS DECIMAL(38, 4)) AS ordered
  FROM value_spans
  JOIN customer_lives ON customer_lives.customer_no = value_spans.customer_no
  CROSS JOIN run_settings
  GROUP BY customer_lives.segment
  UNION ALL
  SELECT order_days.segment, CAST(0 AS DECIMAL(38, 4)), CAST(sum(order_days.amount) AS DECIMAL(38, 4))
  FROM order_days
  CROSS JOIN run_settings
  WHERE order_days.on_day > run_settings.today - 365
  GROUP BY order_days.segment
),
revenues AS (
  SELECT earned.segment,
    CAST(round_even(quotient(CAST(sum(earned.value_days) * 4 AS DECIMAL(38, 4)), 1461), 4) + sum(earned.ordered)
      AS DECIMAL(18, 4)) AS revenue
  FROM earned
  GROUP BY earned.segment
),
spent AS (
  SELECT valued_costs.segment, CAST(sum(valued_costs.amount) AS DECIMAL(18, 4)) AS amount
  FROM valued_costs
  GROUP BY valued_costs.segment
),
joined AS (
  SELECT
    segments.segment,
    value_settings.margin_from,
    margin_rates.margin AS stated,
    others.margin AS stated_for_others,
    (SELECT count(*) FROM margin_rates WHERE margin_rates.segment <> '') AS apart,
    coalesce(revenues.revenue, CAST(0 AS DECIMAL(18, 4))) AS revenue,
    coalesce(spent.amount, CAST(0 AS DECIMAL(18, 4))) AS own,
    (SELECT coalesce(max(spent.amount), CAST(0 AS DECIMAL(18, 4))) FROM spent WHERE spent.segment IS NULL) AS for_all,
    (SELECT CAST(coalesce(sum(revenues.revenue), CAST(0 AS DECIMAL(18, 4))) AS DECIMAL(18, 4)) FROM revenues) AS whole,
    (SELECT CAST(coalesce(sum(spent.amount), CAST(0 AS DECIMAL(18, 4))) AS DECIMAL(18, 4)) FROM spent
     WHERE spent.segment IS NOT NULL) AS all_own
  FROM segments
  CROSS JOIN value_settings
  LEFT JOIN margin_rates ON margin_rates.segment = segments.segment AND segments.segment <> ''
  LEFT JOIN margin_rates AS others ON others.segment = ''
  LEFT JOIN revenues ON revenues.segment = segments.segment
  LEFT JOIN spent ON spent.segment = segments.segment
),
shared_out AS (
  SELECT
    joined.*,
    CASE WHEN joined.margin_from = 'all_costs' AND joined.whole > 0
         THEN CAST(round_even(quotient(CAST(joined.for_all AS DECIMAL(38, 4)) * joined.revenue, joined.whole), 4)
           AS DECIMAL(18, 4))
         ELSE CAST(0 AS DECIMAL(18, 4)) END AS shared
  FROM joined
)
SELECT
  shared_out.segment,
  CASE WHEN shared_out.margin_from = 'revenue' THEN CAST(1 AS DECIMAL(18, 9))
       WHEN shared_out.margin_from = 'rate'
         THEN coalesce(shared_out.stated, shared_out.stated_for_others, CAST(1 AS DECIMAL(18, 9)))
       WHEN shared_out.revenue > 0
         THEN CAST(round_even(quotient(shared_out.revenue - shared_out.own - shared_out.shared, shared_out.revenue), 9)
           AS DECIMAL(18, 9))
       WHEN shared_out.whole > 0
         THEN CAST(round_even(quotient(shared_out.whole - shared_out.all_own
           - CASE WHEN shared_out.margin_from = 'all_costs' THEN shared_out.for_all ELSE CAST(0 AS DECIMAL(18, 4)) END,
           shared_out.whole), 9) AS DECIMAL(18, 9))
       ELSE CAST(1 AS DECIMAL(18, 9)) END AS margin,
  CASE WHEN shared_out.margin_from = 'revenue' THEN 'nothing said'
       WHEN shared_out.margin_from = 'rate' AND (shared_out.stated IS NOT NULL OR shared_out.apart = 0) THEN 'stated'
       WHEN shared_out.margin_from = 'rate' THEN 'stated for others'
       WHEN shared_out.all_own = 0 AND (shared_out.margin_from = 'costs' OR shared_out.for_all = 0) THEN 'no costs'
       WHEN shared_out.revenue > 0 THEN 'costs'
       WHEN shared_out.whole > 0 THEN 'costs of all'
       ELSE 'no revenue' END AS because,
  shared_out.revenue,
  shared_out.own,
  shared_out.shared
FROM shared_out
