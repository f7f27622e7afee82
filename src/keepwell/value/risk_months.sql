-- one row per customer under contract and month in which they could leave: what was known of them before it, and whether
-- they gave notice in it, or left without. Of customers on whom no model is fitted: the days of looking (risk_days) only.
-- Nothing that became known on or after the day of notice or leaving is here: who gave notice is looked at no more until
-- they renew.
-- key: customer_no, at_no
-- gives:
--   customer_no integer      the customer
--   at_no integer            the month, as year × 12 + month; of the run's day one more than its month
--   segment text!            '' none
--   is_now boolean!          the run's day
--   is_looked boolean!       a day of looking
--   judges boolean!          that of a year ago
--   is_fitted boolean!       a month that is over, of a customer on whom models are fitted
--   known_on date            the first day of looking before which the month was over
--   decides integer!         1 gave notice in the month, or left; 0 not
--   decides_in_year integer! 1 did so in the twelve months from it on
--   tenure integer!          months since the first purchase
--   term integer!            1 a term ends in the month, 2 in the three after it, 0 neither
--   weeks_late integer!      by how many weeks they went live too late, or are late; at most 12
--   days_late integer!       the same in days, without an end
--   is_live boolean!         they are live
--   no_value integer!        1: 90 days are over, and they had no first value
--   broken_early integer!    promises of the first 90 days not kept in time; at most 4
--   broken_later integer!    later ones; at most 4
--   kept integer!            promises kept in time; at most 6
--   severe_early integer!    severe tickets of the first 90 days; at most 5
--   unseen integer!          1: they came before tickets were recorded
--   rushed integer!          1: signed in the last days of a quarter
--   unowned integer!         1: nobody is named for them
--   severe_lately integer!   severe tickets of the last three months; at most 3
--   unsolved integer!        open tickets; at most 3
--   use_fell integer!        by how many tenths the last month's use lies below that of the three before; 0..10
--   answer integer!          the last answer: 1 discontented, 2 so six months or more ago, 3 between, 4 contented, 0 none in a year
--   answer_months integer!   how many months ago; 0 none
WITH states AS (
  SELECT
    risk_changes.customer_no,
    risk_changes.at_no,
    sum(risk_changes.broken_early) OVER so_far AS broken_early,
    sum(risk_changes.broken_later) OVER so_far AS broken_later,
    sum(risk_changes.kept) OVER so_far AS kept,
    sum(risk_changes.severe_early) OVER so_far AS severe_early,
    sum(risk_changes.severe_lately) OVER so_far AS severe_lately,
    sum(risk_changes.unsolved) OVER so_far AS unsolved,
    sum(risk_changes.owned) OVER so_far AS owned,
    sum(risk_changes.ends) OVER so_far AS ends,
    sum(risk_changes.ends_soon) OVER so_far AS ends_soon,
    sum(risk_changes.used) OVER so_far AS used,
    sum(risk_changes.used_days) OVER so_far AS used_days,
    sum(risk_changes.used_before) OVER so_far AS used_before,
    sum(risk_changes.used_days_before) OVER so_far AS used_days_before,
    max(risk_changes.answered) OVER so_far AS answered,
    sum(risk_changes.noticed) OVER so_far AS noticed,
    sum(risk_changes.decides) OVER so_far AS decides,
    sum(risk_changes.decides_in_year) OVER so_far AS decides_in_year
  FROM risk_changes
  WINDOW so_far AS (
    PARTITION BY risk_changes.customer_no ORDER BY risk_changes.at_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  )
),
looked_at AS (
  SELECT
    states.*,
    risk_customers.segment,
    risk_customers.since_on,
    risk_customers.is_rushed,
    risk_customers.is_early_seen,
    risk_customers.due_on,
    risk_customers.live_on < risk_days.before_on AS live,
    risk_customers.live_on,
    risk_customers.knows_value AND risk_customers.since_on + 90 < risk_days.before_on
      AND (risk_customers.value_on IS NULL OR risk_customers.value_on >= risk_days.before_on) AS lacks_value,
    states.at_no - risk_customers.since_no AS tenure,
    risk_days.before_on,
    risk_days.is_now,
    risk_days.is_looked,
    risk_days.judges,
    risk_customers.is_fitted AND risk_days.is_over AS is_fitted,
    risk_days.known_on,
    risk_days.signs_no,
    -- an answer counts for a year
    CASE WHEN date_diff('day', CAST('1970-01-01' AS DATE), risk_days.before_on) - states.answered // 10 <= 365
         THEN states.answered % 10 ELSE 0 END AS answer,
    (date_diff('day', CAST('1970-01-01' AS DATE), risk_days.before_on) - states.answered // 10) // 30 AS answer_months
  FROM states
  JOIN risk_customers ON risk_customers.customer_no = states.customer_no
  JOIN risk_days ON risk_days.at_no = states.at_no
  WHERE risk_customers.since_no < states.at_no AND risk_customers.left_no >= states.at_no
    AND (risk_days.is_looked OR risk_customers.is_fitted)
),
coded AS (
  SELECT
    looked_at.*,
    greatest(CASE WHEN looked_at.live THEN date_diff('day', looked_at.due_on, looked_at.live_on)
                  ELSE date_diff('day', looked_at.due_on, looked_at.before_on - 1) END, 0) AS days_late,
    least(greatest(looked_at.severe_lately, 0), 3) AS severe_now,
    least(greatest(looked_at.unsolved, 0), 3) AS unsolved_now,
    CASE WHEN looked_at.used_before > 0 AND looked_at.used_days_before > 0
         THEN 10 - least(10 * looked_at.used * looked_at.used_days_before
           // (looked_at.used_before * greatest(looked_at.used_days, 1)), 10) ELSE 0 END AS fell_now,
    CASE WHEN looked_at.answer = 1 AND looked_at.answer_months >= 6 THEN 2
         WHEN looked_at.answer = 2 THEN 3 WHEN looked_at.answer = 3 THEN 4
         ELSE coalesce(looked_at.answer, 0) END AS answer_now
  FROM looked_at
),
-- of a month that is over, the signs are those of the first of three months
told AS (
  SELECT
    coded.*,
    coalesce(max(CASE WHEN coded.at_no = coded.signs_no THEN coded.severe_now END) OVER quarter_of, 0) AS severe_told,
    coalesce(max(CASE WHEN coded.at_no = coded.signs_no THEN coded.unsolved_now END) OVER quarter_of, 0) AS unsolved_told,
    coalesce(max(CASE WHEN coded.at_no = coded.signs_no THEN coded.fell_now END) OVER quarter_of, 0) AS fell_told,
    coalesce(max(CASE WHEN coded.at_no = coded.signs_no THEN coded.answer_now END) OVER quarter_of, 0) AS answer_told
  FROM coded
  WINDOW quarter_of AS (PARTITION BY coded.customer_no, coded.signs_no)
)
SELECT
  told.customer_no,
  told.at_no,
  told.segment,
  told.is_now,
  told.is_looked,
  told.judges,
  told.is_fitted AND told.noticed <= 0 AS is_fitted,
  told.known_on,
  CAST(CASE WHEN told.decides > 0 THEN 1 ELSE 0 END AS BIGINT) AS decides,
  CAST(CASE WHEN told.decides_in_year > 0 THEN 1 ELSE 0 END AS BIGINT) AS decides_in_year,
  told.tenure,
  CAST(CASE WHEN told.ends > 0 THEN 1 WHEN told.ends_soon > 0 THEN 2 ELSE 0 END AS BIGINT) AS term,
  CAST(coalesce(least(told.days_late // 7, 12), 0) AS BIGINT) AS weeks_late,
  CAST(coalesce(told.days_late, 0) AS BIGINT) AS days_late,
  coalesce(told.live, FALSE) AS is_live,
  CAST(CASE WHEN told.lacks_value THEN 1 ELSE 0 END AS BIGINT) AS no_value,
  CAST(least(told.broken_early, 4) AS BIGINT) AS broken_early,
  CAST(least(told.broken_later, 4) AS BIGINT) AS broken_later,
  CAST(least(told.kept, 6) AS BIGINT) AS kept,
  CAST(least(told.severe_early, 5) AS BIGINT) AS severe_early,
  CAST(CASE WHEN told.is_early_seen THEN 0 ELSE 1 END AS BIGINT) AS unseen,
  CAST(CASE WHEN told.is_rushed THEN 1 ELSE 0 END AS BIGINT) AS rushed,
  CAST(CASE WHEN told.owned > 0 THEN 0 ELSE 1 END AS BIGINT) AS unowned,
  CAST(told.severe_told AS BIGINT) AS severe_lately,
  CAST(told.unsolved_told AS BIGINT) AS unsolved,
  CAST(told.fell_told AS BIGINT) AS use_fell,
  CAST(told.answer_told AS BIGINT) AS answer,
  CAST(coalesce(told.answer_months, 0) AS BIGINT) AS answer_months
FROM told
