-- one row per sum of what was observed, at two grains: by person, team, market, stage and month (customer_no -1), and by
-- customer and quarter (customer_no from 1 on). Sums add up: any unit and period is a sum of these rows.
-- What is credited by coverage is once in the whole, and once for each person, team and department that stood behind the
-- customer on that day, so that no roll-up counts it twice: `counts_in` says in which roll-ups a row counts.
-- key: customer_no, measure, counts_in, person_no, team_id, department, segment, region, stage, month, duration, outcome
-- gives:
--   measure text          the measure
--   counts_in text        all, whole, person, team or department
--   customer_no integer   -1: not by customer
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
WITH observed AS (
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM nps
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM nps_bounds
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM response_rate
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM csat
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM ces
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM choose_again
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM service_level_met
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM reopen_rate
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM first_contact_resolution
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM time_to_solve
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM time_to_reply
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM handoffs_per_case
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM ping_pong
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM promises_kept
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM time_to_value
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM first_90_days
  UNION ALL
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, on_day, credit_on, duration, outcome, n, a, b, c
  FROM quarter_end
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
counted AS (
  SELECT
    observed.measure, CASE WHEN observed.credited = 'coverage' THEN 'whole' ELSE 'all' END AS counts_in,
    observed.customer_no, observed.person_no, observed.team_id, observed.department, observed.stage, observed.on_day,
    observed.duration, observed.outcome, observed.n, observed.a, observed.b, observed.c
  FROM observed
  UNION ALL
  SELECT
    covered.measure, credits.counts_in, covered.customer_no, credits.person_no, credits.team_id, credits.department,
    covered.stage, covered.on_day, covered.duration, covered.outcome, covered.n, covered.a, covered.b, covered.c
  FROM covered
  JOIN credits ON credits.customer_no = covered.customer_no AND credits.credit_on = covered.credit_on
),
placed AS (
  SELECT
    counted.*,
    coalesce(customer_lives.segment, '') AS segment,
    coalesce(customer_lives.region, '') AS region,
    year(counted.on_day) * 12 + month(counted.on_day) - 1 AS month,
    run_settings.year_starts
  FROM counted
  CROSS JOIN run_settings
  LEFT JOIN customer_lives ON customer_lives.customer_no = counted.customer_no
)
SELECT
  placed.measure,
  placed.counts_in,
  CAST(-1 AS BIGINT) AS customer_no,
  CAST(placed.person_no AS BIGINT) AS person_no,
  placed.team_id,
  placed.department,
  placed.segment,
  placed.region,
  placed.stage,
  placed.month,
  placed.duration,
  placed.outcome,
  CAST(sum(placed.n) AS BIGINT) AS n,
  CAST(sum(placed.a) AS DECIMAL(18, 6)) AS a,
  CAST(sum(placed.b) AS DECIMAL(18, 6)) AS b,
  CAST(sum(placed.c) AS DECIMAL(18, 6)) AS c
FROM placed
GROUP BY placed.measure, placed.counts_in, placed.person_no, placed.team_id, placed.department, placed.segment,
  placed.region, placed.stage, placed.month, placed.duration, placed.outcome
UNION ALL
SELECT
  placed.measure,
  'whole',
  placed.customer_no,
  CAST(0 AS BIGINT),
  '',
  '',
  '',
  '',
  '',
  placed.month - (placed.month - placed.year_starts + 1) % 3,
  placed.duration,
  placed.outcome,
  CAST(sum(placed.n) AS BIGINT),
  CAST(sum(placed.a) AS DECIMAL(18, 6)),
  CAST(sum(placed.b) AS DECIMAL(18, 6)),
  CAST(sum(placed.c) AS DECIMAL(18, 6))
FROM placed
WHERE placed.counts_in IN ('all', 'whole') AND placed.customer_no > 0
GROUP BY placed.measure, placed.customer_no, placed.month - (placed.month - placed.year_starts + 1) % 3,
  placed.duration, placed.outcome
