-- one row per customer who has bought: what became of their first 90 days. Whether they were live, had first value, were
-- promised what was not kept in time, or had a severe ticket that stayed unsolved. Judged when the days are over.
-- A part that the company records nowhere (no go-live of anybody) is null, and counts neither way.
-- key: customer_id
-- kept: yes
-- gives:
--   customer_id text          the customer
--   from_on date!             the day of the purchase
--   to_on date!               90 days later
--   is_over boolean!          the days are over
--   live_on date              the first go-live, whenever
--   value_on date             the first value, whenever
--   is_live boolean           live within the days
--   has_value boolean         first value within the days
--   broken_promises integer!  promises due within the days and not kept in time
--   open_severe integer!      severe tickets of these days that were unsolved at their end
--   is_good boolean           all of it well; null: not over yet
WITH settings AS (
  SELECT
    max(run_settings.today) AS today,
    (SELECT count(*) FROM milestones WHERE milestones.kind = 'went_live') > 0 AS knows_live,
    (SELECT count(*) FROM milestones WHERE milestones.kind = 'first_value') > 0 AS knows_value
  FROM run_settings
),
buyers AS (
  SELECT
    customer_lives.customer_id,
    customer_lives.purchased_on AS from_on,
    customer_lives.purchased_on + 90 AS to_on,
    nullif(customer_lives.live_on, CAST('9999-12-31' AS DATE)) AS live_on
  FROM customer_lives
  CROSS JOIN settings
  WHERE customer_lives.purchased_on <= settings.today
),
first_value AS (
  SELECT milestones.customer_id, min(milestones.reached_at) AS reached_at
  FROM milestones WHERE milestones.kind = 'first_value' AND milestones.reached_at IS NOT NULL
  GROUP BY milestones.customer_id
),
valued AS (
  SELECT
    first_value.customer_id,
    CASE WHEN first_value.reached_at < local_days.first_at THEN local_days.before_on
         WHEN first_value.reached_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(first_value.reached_at AS DATE)) END AS value_on
  FROM first_value
  LEFT JOIN local_days ON local_days.day = CAST(first_value.reached_at AS DATE)
),
promised AS (
  SELECT buyers.customer_id, count(*) AS broken
  FROM promise_ledger
  JOIN buyers ON buyers.customer_id = promise_ledger.customer_id
  WHERE promise_ledger.status IN ('late', 'broken') AND promise_ledger.ref_table <> 'tickets'
    AND buyers.from_on <= promise_ledger.due_on AND promise_ledger.due_on < buyers.to_on
  GROUP BY buyers.customer_id
),
-- the ninety days end with the first moment of the day after them, in the company's time zone
severe AS (
  SELECT buyers.customer_id, count(*) AS unsolved
  FROM severe_tickets
  JOIN buyers ON buyers.customer_id = severe_tickets.customer_id
  LEFT JOIN local_days AS first_day ON first_day.day = buyers.from_on
  LEFT JOIN local_days AS day_after ON day_after.day = buyers.to_on
  WHERE first_day.starts_at <= severe_tickets.opened_at AND severe_tickets.opened_at < day_after.starts_at
    AND (severe_tickets.done_at IS NULL OR severe_tickets.done_at >= day_after.starts_at)
  GROUP BY buyers.customer_id
),
parts AS (
  SELECT
    buyers.*,
    buyers.to_on <= settings.today AS is_over,
    valued.value_on,
    CASE WHEN settings.knows_live THEN coalesce(buyers.live_on < buyers.to_on, FALSE) END AS is_live,
    CASE WHEN settings.knows_value THEN coalesce(valued.value_on < buyers.to_on, FALSE) END AS has_value,
    coalesce(promised.broken, CAST(0 AS BIGINT)) AS broken_promises,
    coalesce(severe.unsolved, CAST(0 AS BIGINT)) AS open_severe
  FROM buyers
  CROSS JOIN settings
  LEFT JOIN valued ON valued.customer_id = buyers.customer_id
  LEFT JOIN promised ON promised.customer_id = buyers.customer_id
  LEFT JOIN severe ON severe.customer_id = buyers.customer_id
)
SELECT
  parts.customer_id,
  parts.from_on,
  parts.to_on,
  parts.is_over,
  parts.live_on,
  parts.value_on,
  parts.is_live,
  parts.has_value,
  parts.broken_promises,
  parts.open_severe,
  CASE WHEN parts.is_over
       THEN coalesce(parts.is_live, TRUE) AND coalesce(parts.has_value, TRUE)
            AND parts.broken_promises = 0 AND parts.open_severe = 0 END AS is_good
FROM parts
