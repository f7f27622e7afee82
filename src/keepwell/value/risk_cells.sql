-- one row per everything that was known of customers before a month in which they could leave: in how many months, and in
-- how many of them somebody gave notice or left. What hazards are fitted on.
-- key: known_on, segment, industry, region, step, term, weeks_late, no_value, broken_early, broken_later, kept, severe_early, unseen, rushed, unowned, severe_lately, unsolved, use_fell, answer
-- gives:
--   known_on date          the first day of looking before which the months were over
--   segment text           '' none
--   industry text          '' none, or not asked for
--   region text            '' none, or not asked for
--   step integer           months since the first purchase: 0 below 3, 1 below 6, 2 below 12, 3 below 24, 4 below 36, 5 more
--   term integer           1 a term ends in the month, 2 in the three after it, 0 neither
--   weeks_late integer     0..12
--   no_value integer       0 or 1
--   broken_early integer   0..4
--   broken_later integer   0..4
--   kept integer           0..6
--   severe_early integer   0..5
--   unseen integer         0 or 1
--   rushed integer         0 or 1
--   unowned integer        0 or 1
--   severe_lately integer  0..3
--   unsolved integer       0..3
--   use_fell integer       0..10
--   answer integer         0..4
--   months integer!        customers × months
--   left_in integer!       those in which notice was given, or they left
SELECT
  risk_months.known_on,
  risk_months.segment,
  risk_customers.industry,
  risk_customers.region,
  CAST(CASE WHEN risk_months.tenure < 3 THEN 0 WHEN risk_months.tenure < 6 THEN 1 WHEN risk_months.tenure < 12 THEN 2
            WHEN risk_months.tenure < 24 THEN 3 WHEN risk_months.tenure < 36 THEN 4 ELSE 5 END AS BIGINT) AS step,
  risk_months.term, risk_months.weeks_late, risk_months.no_value, risk_months.broken_early, risk_months.broken_later,
  risk_months.kept, risk_months.severe_early, risk_months.unseen, risk_months.rushed, risk_months.unowned,
  risk_months.severe_lately, risk_months.unsolved, risk_months.use_fell, risk_months.answer,
  count(*) AS months,
  CAST(sum(risk_months.decides) AS BIGINT) AS left_in
FROM risk_months
JOIN risk_customers ON risk_customers.customer_no = risk_months.customer_no
WHERE risk_months.is_fitted
GROUP BY risk_months.known_on, risk_months.segment, risk_customers.industry, risk_customers.region,
  CAST(CASE WHEN risk_months.tenure < 3 THEN 0 WHEN risk_months.tenure < 6 THEN 1 WHEN risk_months.tenure < 12 THEN 2
            WHEN risk_months.tenure < 24 THEN 3 WHEN risk_months.tenure < 36 THEN 4 ELSE 5 END AS BIGINT),
  risk_months.term, risk_months.weeks_late, risk_months.no_value, risk_months.broken_early, risk_months.broken_later,
  risk_months.kept, risk_months.severe_early, risk_months.unseen, risk_months.rushed, risk_months.unowned,
  risk_months.severe_lately, risk_months.unsolved, risk_months.use_fell, risk_months.answer
