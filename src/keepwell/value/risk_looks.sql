-- one row per customer under contract and day on which they are looked at, as at the day of valuing in its month: what was
-- known of them before, and when their terms end. Those who gave notice are among them.
-- key: at_on, customer_id
-- gives:
--   at_on date               the run's day, or the first of a month in which customers are valued
--   customer_id text         the customer
--   judges boolean!          that of a year ago
--   segment text!            '' none
--   industry text!           '' none, or not asked for
--   region text!             '' none, or not asked for
--   under_notice boolean!    a notice stands (contract_notices)
--   notice_on date           the day of the last of them
--   decides_in_year integer! 1: gave notice or left in the twelve months since
--   tenure integer!          months since the first purchase
--   ends_in integer!         months until the end of the largest contract's term: 0 in this one; -1 none is known
--   term_months integer!     the length of that term
--   weeks_late integer!      as in risk_months
--   days_late integer!       in days
--   is_live boolean!         they are live
--   no_value integer!        as in risk_months
--   broken_early integer!    as in risk_months
--   broken_later integer!    as in risk_months
--   kept integer!            as in risk_months
--   severe_early integer!    as in risk_months
--   unseen integer!          as in risk_months
--   rushed integer!          as in risk_months
--   unowned integer!         as in risk_months
--   severe_lately integer!   as in risk_months
--   unsolved integer!        as in risk_months
--   use_fell integer!        as in risk_months
--   answer integer!          as in risk_months
--   answer_months integer!   as in risk_months
WITH looked_at AS (
  SELECT risk_months.*, risk_customers.customer_id, risk_customers.industry, risk_customers.region, risk_days.at_on, risk_days.before_on
  FROM risk_months
  JOIN risk_days ON risk_days.at_no = risk_months.at_no
  JOIN risk_customers ON risk_customers.customer_no = risk_months.customer_no
  WHERE risk_months.is_looked
),
terms AS (
  SELECT
    looked_at.customer_no,
    looked_at.at_no,
    year(valued_contracts.ends_on) * 12 + month(valued_contracts.ends_on)
      - year(looked_at.before_on - 1) * 12 - month(looked_at.before_on - 1)
      - CASE WHEN looked_at.is_now THEN 0 ELSE 1 END AS ends_in,
    greatest((date_diff('day', valued_contracts.starts_on, valued_contracts.ends_on) * 24 + 365) // 730, 1) AS term_months,
    row_number() OVER (
      PARTITION BY looked_at.customer_no, looked_at.at_no
      ORDER BY valued_contracts.annual_value DESC, valued_contracts.ends_on, valued_contracts.contract_id
    ) AS nth
  FROM looked_at
  JOIN valued_contracts ON valued_contracts.customer_id = looked_at.customer_id
  WHERE valued_contracts.starts_on < looked_at.before_on AND valued_contracts.ends_on >= looked_at.before_on
    AND (valued_contracts.ended_on IS NULL OR valued_contracts.ended_on >= looked_at.before_on)
),
notices AS (
  SELECT looked_at.customer_no, looked_at.at_no, max(contract_notices.notice_on) AS notice_on
  FROM looked_at
  JOIN contract_notices ON contract_notices.customer_id = looked_at.customer_id
  WHERE contract_notices.from_on < looked_at.before_on AND looked_at.before_on <= contract_notices.answered_on
  GROUP BY looked_at.customer_no, looked_at.at_no
)
SELECT
  looked_at.at_on, looked_at.customer_id, looked_at.judges, looked_at.segment,
  looked_at.industry, looked_at.region,
  notices.notice_on IS NOT NULL AS under_notice,
  notices.notice_on,
  looked_at.decides_in_year,
  looked_at.tenure,
  CAST(coalesce(terms.ends_in, -1) AS BIGINT) AS ends_in,
  CAST(coalesce(terms.term_months, 1) AS BIGINT) AS term_months,
  looked_at.weeks_late, looked_at.days_late, looked_at.is_live, looked_at.no_value, looked_at.broken_early,
  looked_at.broken_later, looked_at.kept, looked_at.severe_early, looked_at.unseen, looked_at.rushed, looked_at.unowned,
  looked_at.severe_lately, looked_at.unsolved, looked_at.use_fell, looked_at.answer, looked_at.answer_months
FROM looked_at
LEFT JOIN notices ON notices.customer_no = looked_at.customer_no AND notices.at_no = looked_at.at_no
LEFT JOIN terms ON terms.customer_no = looked_at.customer_no AND terms.at_no = looked_at.at_no AND terms.nth = 1
