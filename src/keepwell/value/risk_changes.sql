-- one row per customer and month in which anything known of them became other than the month before, or in which they are
-- looked at: by how much. What happened in a month is known before the next one begins. What is told by a number that
-- rises and falls again (tickets unsolved, a term that ends) is written down as both.
-- key: customer_no, at_no
-- gives:
--   customer_no integer      the customer
--   at_no integer            the month, as year × 12 + month
--   broken_early integer!    promises due in the first 90 days and not kept in time
--   broken_later integer!    those due later
--   kept integer!            promises kept in time
--   severe_early integer!    severe tickets of the first 90 days
--   severe_lately integer!   severe tickets of the last three months
--   unsolved integer!        tickets that are open
--   owned integer!           stretches of days on which somebody is named for them
--   ends integer!            terms that end in the month
--   ends_soon integer!       terms that end in the three months after it
--   used integer!            use in the last month: users by feature and day
--   used_days integer!       days with use in it
--   used_before integer!     use in the three months before
--   used_days_before integer! days with use in them
--   answered integer         the last answer of the month before: its day and how contented it was
--   noticed integer!         notices that stand (contract_notices)
--   decides integer!         gives notice in the month, or leaves without
--   decides_in_year integer! does so in the twelve months from it on
WITH terms AS (
  SELECT
    risk_customers.customer_no,
    valued_contracts.contract_id,
    year(valued_contracts.starts_on) * 12 + month(valued_contracts.starts_on) AS start_no,
    year(valued_contracts.ends_on) * 12 + month(valued_contracts.ends_on) AS end_no,
    year(coalesce(valued_contracts.ended_on, CAST('9999-12-31' AS DATE))) * 12
      + month(coalesce(valued_contracts.ended_on, CAST('9999-12-31' AS DATE))) AS ended_no
  FROM valued_contracts
  JOIN risk_customers ON risk_customers.customer_id = valued_contracts.customer_id
),
notices AS (
  SELECT
    risk_customers.customer_no,
    year(contract_notices.notice_on) * 12 + month(contract_notices.notice_on) AS notice_no,
    year(contract_notices.from_on) * 12 + month(contract_notices.from_on) AS from_no,
    year(contract_notices.answered_on) * 12 + month(contract_notices.answered_on) AS answered_no
  FROM contract_notices
  JOIN risk_customers ON risk_customers.customer_id = contract_notices.customer_id
),
decisions AS (
  SELECT notices.customer_no, notices.notice_no AS decided_no FROM notices
  UNION
  SELECT risk_customers.customer_no, risk_customers.left_no FROM risk_customers WHERE risk_customers.left_no < 100000
),
promised AS (
  SELECT
    risk_customers.customer_no,
    promise_ledger.due_on < risk_customers.since_on + 90 AS is_early,
    promise_ledger.status IN ('late', 'broken') AS is_broken,
    year(promise_ledger.due_on) * 12 + month(promise_ledger.due_on) AS due_no,
    year(promise_ledger.done_on) * 12 + month(promise_ledger.done_on) AS done_no
  FROM promise_ledger
  JOIN risk_customers ON risk_customers.customer_id = promise_ledger.customer_id
  WHERE promise_ledger.ref_table IN ('promises', 'orders') AND promise_ledger.status IN ('kept', 'late', 'broken')
    AND promise_ledger.due_on IS NOT NULL
),
opened AS (
  SELECT
    risk_customers.customer_no,
    severe_tickets.ticket_id IS NOT NULL AS is_severe,
    cases.on_day < risk_customers.since_on + 90 AS is_early,
    year(cases.on_day) * 12 + month(cases.on_day) AS open_no,
    CASE WHEN cases.solve_outcome = 1
         THEN year(cases.on_day + CAST(cases.solve_minutes // 1440 AS INTEGER)) * 12
           + month(cases.on_day + CAST(cases.solve_minutes // 1440 AS INTEGER)) END AS done_no
  FROM cases
  JOIN risk_customers ON risk_customers.customer_no = cases.customer_no
  LEFT JOIN severe_tickets ON severe_tickets.ticket_id = cases.ticket_id
),
-- the month of the run's day has hardly begun, or is not over: on that day, too, the last month is the one before. Of
-- customers on whom no model is fitted, only what is looked at on days of valuing is needed.
used AS (
  SELECT risk_customers.customer_no, usage_months.use_no, usage_months.users * 100 + usage_months.days AS many, looks.last_no
  FROM usage_months
  JOIN risk_customers ON risk_customers.customer_id = usage_months.customer_id
  JOIN (
    SELECT max(risk_days.at_no) - 1 AS last_no, min(risk_days.at_no) - 5 AS first_no FROM risk_days WHERE risk_days.is_looked
  ) AS looks ON TRUE
  WHERE risk_customers.is_fitted OR usage_months.use_no >= looks.first_no
),
answers AS (
  SELECT
    invitations.customer_no,
    invitations.answered_on,
    CASE WHEN 10 * (invitations.score - coalesce(invitations.scale_min, CASE invitations.kind WHEN 'nps' THEN 0 ELSE 1 END))
           <= 6 * (coalesce(invitations.scale_max, CASE invitations.kind WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 ELSE 5 END)
             - coalesce(invitations.scale_min, CASE invitations.kind WHEN 'nps' THEN 0 ELSE 1 END)) THEN 1
         WHEN 10 * (invitations.score - coalesce(invitations.scale_min, CASE invitations.kind WHEN 'nps' THEN 0 ELSE 1 END))
           >= 9 * (coalesce(invitations.scale_max, CASE invitations.kind WHEN 'nps' THEN 10 WHEN 'ces' THEN 7 ELSE 5 END)
             - coalesce(invitations.scale_min, CASE invitations.kind WHEN 'nps' THEN 0 ELSE 1 END)) THEN 3
         ELSE 2 END AS level
  FROM invitations
  WHERE invitations.answered_on IS NOT NULL AND invitations.score IS NOT NULL AND invitations.stage <> 'leave'
),
changes AS (
  SELECT promised.customer_no, promised.due_no + 1 AS at_no, 'broken_early' AS what, 1 AS many
  FROM promised WHERE promised.is_broken AND promised.is_early
  UNION ALL
  SELECT promised.customer_no, promised.due_no + 1, 'broken_later', 1
  FROM promised WHERE promised.is_broken AND NOT promised.is_early
  UNION ALL
  SELECT promised.customer_no, coalesce(promised.done_no, promised.due_no) + 1, 'kept', 1
  FROM promised WHERE NOT promised.is_broken
  UNION ALL
  SELECT opened.customer_no, opened.open_no + 1, 'severe_early', 1 FROM opened WHERE opened.is_severe AND opened.is_early
  UNION ALL
  SELECT opened.customer_no, opened.open_no + 1, 'severe_lately', 1 FROM opened WHERE opened.is_severe
  UNION ALL
  SELECT opened.customer_no, opened.open_no + 4, 'severe_lately', -1 FROM opened WHERE opened.is_severe
  UNION ALL
  SELECT opened.customer_no, opened.open_no + 1, 'unsolved', 1 FROM opened
  UNION ALL
  SELECT opened.customer_no, opened.done_no + 1, 'unsolved', -1 FROM opened WHERE opened.done_no IS NOT NULL
  UNION ALL
  SELECT risk_customers.customer_no, year(owned_days.from_on) * 12 + month(owned_days.from_on) + 1, 'owned', 1
  FROM owned_days JOIN risk_customers ON risk_customers.customer_id = owned_days.customer_id
  UNION ALL
  SELECT risk_customers.customer_no, year(owned_days.to_on) * 12 + month(owned_days.to_on) + 1, 'owned', -1
  FROM owned_days JOIN risk_customers ON risk_customers.customer_id = owned_days.customer_id
  UNION ALL
  SELECT terms.customer_no, terms.end_no, 'ends', 1 FROM terms
  WHERE terms.end_no IS NOT NULL AND terms.ended_no >= terms.end_no
  UNION ALL
  SELECT terms.customer_no, terms.end_no + 1, 'ends', -1 FROM terms
  WHERE terms.end_no IS NOT NULL AND terms.ended_no >= terms.end_no
  UNION ALL
  SELECT terms.customer_no, greatest(terms.end_no - 3, terms.start_no + 1), 'ends_soon', 1 FROM terms
  WHERE terms.end_no > terms.start_no + 1
  UNION ALL
  SELECT terms.customer_no, least(terms.end_no, greatest(terms.ended_no, terms.end_no - 3, terms.start_no + 1)),
    'ends_soon', -1
  FROM terms WHERE terms.end_no > terms.start_no + 1
  UNION ALL
  -- last month's use becomes that of the three months before, and is then forgotten
  SELECT used.customer_no, used.use_no + 1, 'used', used.many FROM used WHERE used.use_no + 1 <= used.last_no
  UNION ALL
  SELECT used.customer_no, used.use_no + 2, 'past', used.many FROM used WHERE used.use_no + 2 <= used.last_no
  UNION ALL
  SELECT used.customer_no, used.use_no + 5, 'gone', used.many FROM used WHERE used.use_no + 5 <= used.last_no
  UNION ALL
  SELECT answers.customer_no, year(answers.answered_on) * 12 + month(answers.answered_on) + 1, 'answered',
    date_diff('day', CAST('1970-01-01' AS DATE), answers.answered_on) * 10 + answers.level
  FROM answers JOIN risk_customers ON risk_customers.customer_no = answers.customer_no
  UNION ALL
  SELECT notices.customer_no, notices.from_no + 1, 'noticed', 1 FROM notices
  UNION ALL
  SELECT notices.customer_no, greatest(notices.answered_no, notices.from_no) + 1, 'noticed', -1 FROM notices
  UNION ALL
  SELECT decisions.customer_no, decisions.decided_no, 'decides', 1 FROM decisions
  UNION ALL
  SELECT decisions.customer_no, decisions.decided_no + 1, 'decides', -1 FROM decisions
  UNION ALL
  SELECT decisions.customer_no, decisions.decided_no - 11, 'decides_in_year', 1 FROM decisions
  UNION ALL
  SELECT decisions.customer_no, decisions.decided_no + 1, 'decides_in_year', -1 FROM decisions
  UNION ALL
  SELECT risk_customers.customer_no, risk_days.at_no, '', 0
  FROM risk_customers
  CROSS JOIN risk_days
  WHERE risk_customers.since_no < risk_days.at_no AND risk_customers.left_no >= risk_days.at_no
    AND (risk_days.is_looked OR risk_customers.is_fitted)
)
SELECT
  changes.customer_no,
  CAST(changes.at_no AS BIGINT) AS at_no,
  CAST(sum(CASE WHEN changes.what = 'broken_early' THEN changes.many ELSE 0 END) AS BIGINT) AS broken_early,
  CAST(sum(CASE WHEN changes.what = 'broken_later' THEN changes.many ELSE 0 END) AS BIGINT) AS broken_later,
  CAST(sum(CASE WHEN changes.what = 'kept' THEN changes.many ELSE 0 END) AS BIGINT) AS kept,
  CAST(sum(CASE WHEN changes.what = 'severe_early' THEN changes.many ELSE 0 END) AS BIGINT) AS severe_early,
  CAST(sum(CASE WHEN changes.what = 'severe_lately' THEN changes.many ELSE 0 END) AS BIGINT) AS severe_lately,
  CAST(sum(CASE WHEN changes.what = 'unsolved' THEN changes.many ELSE 0 END) AS BIGINT) AS unsolved,
  CAST(sum(CASE WHEN changes.what = 'owned' THEN changes.many ELSE 0 END) AS BIGINT) AS owned,
  CAST(sum(CASE WHEN changes.what = 'ends' THEN changes.many ELSE 0 END) AS BIGINT) AS ends,
  CAST(sum(CASE WHEN changes.what = 'ends_soon' THEN changes.many ELSE 0 END) AS BIGINT) AS ends_soon,
  CAST(sum(CASE changes.what WHEN 'used' THEN changes.many // 100 WHEN 'past' THEN -(changes.many // 100) ELSE 0 END) AS BIGINT)
    AS used,
  CAST(sum(CASE changes.what WHEN 'used' THEN changes.many % 100 WHEN 'past' THEN -(changes.many % 100) ELSE 0 END) AS BIGINT)
    AS used_days,
  CAST(sum(CASE changes.what WHEN 'past' THEN changes.many // 100 WHEN 'gone' THEN -(changes.many // 100) ELSE 0 END) AS BIGINT)
    AS used_before,
  CAST(sum(CASE changes.what WHEN 'past' THEN changes.many % 100 WHEN 'gone' THEN -(changes.many % 100) ELSE 0 END) AS BIGINT)
    AS used_days_before,
  CAST(max(CASE WHEN changes.what = 'answered' THEN changes.many END) AS BIGINT) AS answered,
  CAST(sum(CASE WHEN changes.what = 'noticed' THEN changes.many ELSE 0 END) AS BIGINT) AS noticed,
  CAST(sum(CASE WHEN changes.what = 'decides' THEN changes.many ELSE 0 END) AS BIGINT) AS decides,
  CAST(sum(CASE WHEN changes.what = 'decides_in_year' THEN changes.many ELSE 0 END) AS BIGINT) AS decides_in_year
FROM changes
GROUP BY changes.customer_no, CAST(changes.at_no AS BIGINT)
