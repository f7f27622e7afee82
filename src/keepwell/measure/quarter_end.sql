-- one row per won deal (renewals left out): was it closed in the last days of the quarter (window `quarter_end`, 14 days)?
-- Beside it, the part of the quarter that these days are: what would be expected if nobody rushed.
-- key: seen
-- gives:
--   measure text           quarter_end
--   seen text              the deal
--   credited text!         person: the deal's owner
--   customer_no integer!   0 nobody known
--   person_no integer!     0 nobody, or a system user
--   team_id text!          '' none
--   department text!       '' none
--   stage text!            buy
--   on_day date!           closed
--   credit_on date!        the same
--   duration integer!      -1: none
--   outcome integer!       -1: none
--   n integer!             1
--   a number!              1: closed in the last days
--   b number!              the last days' part of the quarter
--   c number!              0
WITH settings AS (
  SELECT
    run_settings.today,
    run_settings.year_starts,
    (SELECT coalesce(max(CASE WHEN windows.name = 'quarter_end' THEN windows.days END), 14) FROM windows) AS last_days
  FROM run_settings
),
won AS (
  SELECT
    deals.deal_id,
    deals.customer_id,
    deals.owner_id,
    deals.closed_on,
    settings.last_days,
    year(deals.closed_on) * 12 + month(deals.closed_on) - 1
      - (year(deals.closed_on) * 12 + month(deals.closed_on) - settings.year_starts) % 3 AS first_month
  FROM deals
  CROSS JOIN settings
  WHERE deals.outcome = 'won' AND coalesce(deals.kind, 'new') <> 'renewal' AND deals.closed_on <= settings.today
),
quarters AS (
  SELECT
    won.*,
    make_date(CAST(won.first_month // 12 AS INTEGER), CAST(won.first_month % 12 + 1 AS INTEGER), 1) AS from_on,
    make_date(
      CAST((won.first_month + 3) // 12 AS INTEGER), CAST((won.first_month + 3) % 12 + 1 AS INTEGER), 1
    ) AS to_on
  FROM won
)
SELECT
  'quarter_end' AS measure,
  quarters.deal_id AS seen,
  'person' AS credited,
  coalesce(customer_lives.customer_no, CAST(0 AS BIGINT)) AS customer_no,
  coalesce(people_by_day.person_no, CAST(0 AS BIGINT)) AS person_no,
  coalesce(people_by_day.team_id, '') AS team_id,
  coalesce(people_by_day.department, '') AS department,
  'buy' AS stage,
  quarters.closed_on AS on_day,
  quarters.closed_on AS credit_on,
  CAST(-1 AS BIGINT) AS duration,
  CAST(-1 AS BIGINT) AS outcome,
  CAST(1 AS BIGINT) AS n,
  CAST(CASE WHEN date_diff('day', quarters.closed_on, quarters.to_on) <= quarters.last_days THEN 1 ELSE 0 END
    AS DECIMAL(18, 6)) AS a,
  CAST(round_even(quotient(quarters.last_days, date_diff('day', quarters.from_on, quarters.to_on)), 6)
    AS DECIMAL(18, 6)) AS b,
  CAST(0 AS DECIMAL(18, 6)) AS c
FROM quarters
LEFT JOIN customer_lives ON customer_lives.customer_id = quarters.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = quarters.owner_id
  AND people_by_day.from_on <= quarters.closed_on AND quarters.closed_on < people_by_day.to_on
