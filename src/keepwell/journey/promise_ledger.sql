-- one row per promise to a customer, written down or derived (an order's promised day, a ticket's due time, a
-- milestone's due day), and what became of it by the run's day: kept in time; late: done after it was due; broken: due
-- and not done, or given up; open: not due yet; released: the customer let us off.
-- A source that records no delivery at all is judged by shipping.
-- key: ref_table, ref_id
-- kept: yes
-- gives:
--   ref_table text         promises, orders, tickets or milestones
--   ref_id text            the row's id there
--   customer_id text!      to whom; '' a public claim
--   person_id text!        who promised, or whose task it is; '' nobody known
--   team_id text!          their team on the day it was made; '' none
--   department text!       its department; '' none
--   stage text!            the stage it belongs to
--   kind text!             date, feature, service_level, price or outcome
--   made_on date           the day it was made
--   due_on date            the day it was due; null: no day was said
--   done_on date           the day it was done
--   status text!           kept, late, broken, open or released
--   days_late integer      days from due to done, or to the run's day where it is broken; null: not late
--   weight number!         1 unless the source says otherwise
WITH tracked AS (
  SELECT count(orders.delivered_at) > 0 AS delivery FROM orders
),
made AS (
  SELECT
    'promises' AS ref_table, promises.promise_id AS ref_id, promises.customer_id, promises.person_id,
    CAST(NULL AS VARCHAR) AS team_id, '' AS stage, coalesce(promises.kind, 'outcome') AS kind, promises.made_on,
    CAST(NULL AS TIMESTAMP) AS made_at, promises.due_on, CAST(NULL AS TIMESTAMP) AS due_at, promises.kept_at AS done_at,
    coalesce(promises.status, 'open') AS said, coalesce(promises.weight, CAST(1 AS DECIMAL(18, 6))) AS weight
  FROM promises
  UNION ALL
  SELECT 'orders', orders.order_id, orders.customer_id, orders.person_id, NULL, 'deliver', 'date', NULL,
    orders.ordered_at, orders.promised_on, NULL,
    CASE WHEN tracked.delivery THEN orders.delivered_at ELSE orders.shipped_at END, 'open', CAST(1 AS DECIMAL(18, 6))
  FROM orders
  CROSS JOIN tracked
  WHERE orders.promised_on IS NOT NULL
  UNION ALL
  SELECT 'tickets', tickets.ticket_id, tickets.customer_id, tickets.assignee_id, tickets.team_id, 'support',
    'service_level', NULL, tickets.opened_at, NULL, tickets.due_at, coalesce(tickets.solved_at, tickets.closed_at),
    'open', CAST(1 AS DECIMAL(18, 6))
  FROM tickets WHERE tickets.due_at IS NOT NULL
  UNION ALL
  SELECT 'milestones', milestones.customer_id || '|' || milestones.contract_id || '|' || milestones.kind,
    milestones.customer_id, milestones.person_id, NULL,
    CASE milestones.kind WHEN 'handed_over' THEN 'deliver' WHEN 'delivered' THEN 'deliver'
      WHEN 'installed' THEN 'install' WHEN 'went_live' THEN 'install' ELSE 'adopt' END,
    'date', NULL, NULL, milestones.due_on, NULL, milestones.reached_at, 'open', CAST(1 AS DECIMAL(18, 6))
  FROM milestones WHERE milestones.due_on IS NOT NULL
),
dated AS (
  SELECT
    made.ref_table, made.ref_id, made.customer_id, made.person_id, made.team_id, made.stage, made.kind, made.said,
    made.weight, made.due_at,
    CASE WHEN made.done_at <= run_settings.as_of THEN made.done_at END AS done_at,
    run_settings.today,
    run_settings.as_of,
    CASE WHEN made.made_at IS NULL THEN made.made_on
         WHEN made.made_at < made_days.first_at THEN made_days.before_on
         WHEN made.made_at < made_days.second_at THEN made_days.between_on
         ELSE coalesce(made_days.after_on, CAST(made.made_at AS DATE)) END AS made_on,
    CASE WHEN made.due_at IS NULL THEN made.due_on
         WHEN made.due_at < due_days.first_at THEN due_days.before_on
         WHEN made.due_at < due_days.second_at THEN due_days.between_on
         ELSE coalesce(due_days.after_on, CAST(made.due_at AS DATE)) END AS due_on,
    CASE WHEN made.done_at IS NULL OR made.done_at > run_settings.as_of THEN NULL
         WHEN made.done_at < done_days.first_at THEN done_days.before_on
         WHEN made.done_at < done_days.second_at THEN done_days.between_on
         ELSE coalesce(done_days.after_on, CAST(made.done_at AS DATE)) END AS done_on
  FROM made
  CROSS JOIN run_settings
  LEFT JOIN local_days AS made_days ON made_days.day = CAST(made.made_at AS DATE)
  LEFT JOIN local_days AS due_days ON due_days.day = CAST(made.due_at AS DATE)
  LEFT JOIN local_days AS done_days ON done_days.day = CAST(made.done_at AS DATE)
),
judged AS (
  SELECT
    dated.*,
    CASE WHEN dated.said = 'released_by_customer' THEN 'released'
         WHEN dated.done_at IS NOT NULL AND dated.due_at IS NOT NULL AND dated.done_at > dated.due_at THEN 'late'
         WHEN dated.done_on > dated.due_on THEN 'late'
         WHEN dated.done_on IS NOT NULL THEN 'kept'
         WHEN dated.said IN ('kept', 'late', 'broken') THEN dated.said
         WHEN dated.due_at < dated.as_of THEN 'broken'
         WHEN dated.due_at IS NULL AND dated.due_on < dated.today THEN 'broken'
         ELSE 'open' END AS status
  FROM dated
)
SELECT
  judged.ref_table,
  judged.ref_id,
  coalesce(judged.customer_id, '') AS customer_id,
  coalesce(judged.person_id, '') AS person_id,
  coalesce(judged.team_id, people_by_day.team_id, '') AS team_id,
  coalesce(teams.department, people_by_day.department, '') AS department,
  CASE WHEN judged.stage <> '' THEN judged.stage
       WHEN customer_lives.customer_id IS NULL THEN 'aware'
       WHEN judged.made_on >= customer_lives.left_on THEN 'leave'
       WHEN judged.made_on >= customer_lives.uses_from THEN 'use'
       WHEN judged.made_on >= customer_lives.adopts_from THEN 'adopt'
       WHEN judged.made_on > customer_lives.purchased_on THEN 'install'
       ELSE 'evaluate' END AS stage,
  judged.kind,
  judged.made_on,
  judged.due_on,
  judged.done_on,
  judged.status,
  CASE WHEN judged.status = 'late' THEN date_diff('day', judged.due_on, judged.done_on)
       WHEN judged.status = 'broken' AND judged.due_on < judged.today
         THEN date_diff('day', judged.due_on, judged.today) END AS days_late,
  judged.weight
FROM judged
LEFT JOIN customer_lives ON customer_lives.customer_id = judged.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = judged.person_id
  AND people_by_day.from_on <= coalesce(judged.made_on, judged.due_on)
  AND coalesce(judged.made_on, judged.due_on) < people_by_day.to_on
LEFT JOIN teams ON teams.team_id = judged.team_id
