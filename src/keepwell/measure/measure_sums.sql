-- one row per sum of what was observed, at three grains: by market, stage and month; by person, team and month; by
-- customer and quarter. Sums add up: any unit and period is a sum of these rows.
-- What is credited by coverage is once in the whole, and once for each person, team and department that stood behind the
-- customer on that day, so that no roll-up counts it twice: `counts_in` says in which roll-ups a row counts.
-- key: measure, counts_in, customer_no, person_no, team_id, department, segment, region, stage, month, duration, outcome
-- gives:
--   measure text          the measure
--   counts_in text        whole, people (persons, teams and departments), person, team, department or customer
--   customer_no integer   0: not by customer
--   person_no integer     0 nobody
--   team_id text          '' none
--   department text       '' none
--   segment text          '' none
--   region text           '' none
--   stage text            '' none
--   month integer         year × 12 + month − 1; by customer, the first month of the company's quarter
--   duration integer      -1: none
--   outcome integer       -1: none
--   n integer!            rows observed
--   a number!             sum
--   b number!             sum
--   c number!             sum
WITH rows_seen AS (
  SELECT * FROM nps
  UNION ALL
  SELECT * FROM nps_bounds
  UNION ALL
  SELECT * FROM response_rate
  UNION ALL
  SELECT * FROM csat
  UNION ALL
  SELECT * FROM ces
  UNION ALL
  SELECT * FROM choose_again
  UNION ALL
  SELECT * FROM service_level_met
  UNION ALL
  SELECT * FROM reopen_rate
  UNION ALL
  SELECT * FROM first_contact_resolution
  UNION ALL
  SELECT * FROM time_to_solve
  UNION ALL
  SELECT * FROM time_to_reply
  UNION ALL
  SELECT * FROM handoffs_per_case
  UNION ALL
  SELECT * FROM ping_pong
  UNION ALL
  SELECT * FROM promises_kept
  UNION ALL
  SELECT * FROM time_to_value
  UNION ALL
  SELECT * FROM first_90_days
  UNION ALL
  SELECT * FROM quarter_end
),
observed AS (
  SELECT rows_seen.*, year(rows_seen.on_day) * 12 + month(rows_seen.on_day) - 1 AS month FROM rows_seen
),
covered AS (
  SELECT * FROM observed WHERE observed.credited = 'coverage'
),
-- what happened to one customer on one day is credited to the same people
moments AS (
  SELECT DISTINCT covered.customer_no, covered.credit_on FROM covered
),
behind AS (
  SELECT DISTINCT
    moments.customer_no, moments.credit_on, people_by_day.person_no, people_by_day.team_id, people_by_day.department
  FROM moments
  JOIN customer_lives ON customer_lives.customer_no = moments.customer_no
  JOIN coverage
    ON coverage.customer_id = customer_lives.customer_id
    AND coverage.from_on <= moments.credit_on
    AND (coverage.to_on IS NULL OR moments.credit_on < coverage.to_on)
  JOIN people_by_day
    ON people_by_day.person_id = coverage.person_id
    AND people_by_day.from_on <= moments.credit_on AND moments.credit_on < people_by_day.to_on
  WHERE people_by_day.person_no > 0
),
credits AS (
  SELECT 'person' AS counts_in, behind.customer_no, behind.credit_on, behind.person_no, behind.team_id, behind.department
  FROM behind
  UNION ALL
  SELECT DISTINCT 'team', behind.customer_no, behind.credit_on, 0, behind.team_id, behind.department
  FROM behind WHERE behind.team_id <> ''
  UNION ALL
  SELECT DISTINCT 'department', behind.customer_no, behind.credit_on, 0, '', behind.department
  FROM behind WHERE behind.department <> ''
),
by_market AS (
  SELECT
    observed.measure,
    coalesce(customer_lives.segment, '') AS segment,
    coalesce(customer_lives.region, '') AS region,
    observed.stage,
    observed.month,
    observed.duration,
    observed.outcome,
    CAST(sum(observed.n) AS BIGINT) AS n,
    CAST(sum(observed.a) AS DECIMAL(18, 6)) AS a,
    CAST(sum(observed.b) AS DECIMAL(18, 6)) AS b,
    CAST(sum(observed.c) AS DECIMAL(18, 6)) AS c
  FROM observed
  LEFT JOIN customer_lives ON customer_lives.customer_no = observed.customer_no
  GROUP BY observed.measure, coalesce(customer_lives.segment, ''), coalesce(customer_lives.region, ''), observed.stage,
    observed.month, observed.duration, observed.outcome
),
credited AS (
  SELECT
    observed.measure, 'people' AS counts_in, observed.person_no, observed.team_id, observed.department, observed.month,
    observed.duration, observed.outcome, observed.n, observed.a, observed.b, observed.c
  FROM observed
  WHERE observed.credited = 'person' AND (observed.person_no > 0 OR observed.team_id <> '' OR observed.department <> '')
  UNION ALL
  SELECT
    covered.measure, credits.counts_in, credits.person_no, credits.team_id, credits.department, covered.month,
    covered.duration, covered.outcome, covered.n, covered.a, covered.b, covered.c
  FROM covered
  JOIN credits ON credits.customer_no = covered.customer_no AND credits.credit_on = covered.credit_on
),
by_people AS (
  SELECT
    credited.measure,
    credited.counts_in,
    credited.person_no,
    credited.team_id,
    credited.department,
    credited.month,
    credited.duration,
    credited.outcome,
    CAST(sum(credited.n) AS BIGINT) AS n,
    CAST(sum(credited.a) AS DECIMAL(18, 6)) AS a,
    CAST(sum(credited.b) AS DECIMAL(18, 6)) AS b,
    CAST(sum(credited.c) AS DECIMAL(18, 6)) AS c
  FROM credited
  GROUP BY credited.measure, credited.counts_in, credited.person_no, credited.team_id, credited.department,
    credited.month, credited.duration, credited.outcome
),
by_customer AS (
  SELECT
    observed.measure,
    observed.customer_no,
    observed.month - (observed.month - run_settings.year_starts + 1) % 3 AS month,
    observed.duration,
    observed.outcome,
    CAST(sum(observed.n) AS BIGINT) AS n,
    CAST(sum(observed.a) AS DECIMAL(18, 6)) AS a,
    CAST(sum(observed.b) AS DECIMAL(18, 6)) AS b,
    CAST(sum(observed.c) AS DECIMAL(18, 6)) AS c
  FROM observed
  CROSS JOIN run_settings
  WHERE observed.customer_no > 0
  GROUP BY observed.measure, observed.customer_no,
    observed.month - (observed.month - run_settings.year_starts + 1) % 3, observed.duration, observed.outcome
)
SELECT
  by_market.measure, 'whole' AS counts_in, CAST(0 AS BIGINT) AS customer_no, CAST(0 AS BIGINT) AS person_no,
  '' AS team_id, '' AS department, by_market.segment, by_market.region, by_market.stage, by_market.month,
  by_market.duration, by_market.outcome, by_market.n, by_market.a, by_market.b, by_market.c
FROM by_market
UNION ALL
SELECT
  by_people.measure, by_people.counts_in, CAST(0 AS BIGINT), CAST(by_people.person_no AS BIGINT), by_people.team_id,
  by_people.department, '', '', '', by_people.month, by_people.duration, by_people.outcome, by_people.n, by_people.a,
  by_people.b, by_people.c
FROM by_people
UNION ALL
SELECT
  by_customer.measure, 'customer', by_customer.customer_no, CAST(0 AS BIGINT), '', '', '', '', '', by_customer.month,
  by_customer.duration, by_customer.outcome, by_customer.n, by_customer.a, by_customer.b, by_customer.c
FROM by_customer
