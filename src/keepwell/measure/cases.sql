-- one row per ticket: everything that is measured of it, so that tickets are read and joined once. The day is the day it
-- was opened; its times are in whole minutes, up to the run's moment where they still last.
-- key: ticket_id
-- gives:
--   ticket_id text            the ticket
--   customer_no integer!      whose; 0 nobody known
--   person_no integer!        whose task it is; 0 nobody, or a system user
--   team_id text!             '' none
--   department text!          '' none
--   on_day date!              opened
--   met_service_level boolean where it is known
--   reply_minutes integer!    to the first reply
--   reply_outcome integer!    1 replied, 0 not (yet)
--   solve_minutes integer!    to the solution
--   solve_outcome integer!    1 solved, 0 not yet
--   reopened boolean!         it came back after a solution
--   first_contact boolean     solved at once and for good; null: cannot be told yet
--   handoffs integer!         changes of person or, where the source counts itself, of either
--   returns integer!          changes back to whom it came from, person or team
WITH settings AS (
  SELECT
    run_settings.as_of,
    run_settings.today,
    (SELECT coalesce(max(CASE WHEN windows.name = 'first_contact' THEN windows.days END), 14) FROM windows) AS again_days
  FROM run_settings
),
changes AS (
  SELECT
    handoffs.ticket_id,
    sum(CASE WHEN handoffs.of = 'person' THEN 1 ELSE 0 END) AS people,
    sum(CASE WHEN handoffs.of = 'team' THEN 1 ELSE 0 END) AS teams,
    sum(CASE WHEN handoffs.of = 'person' AND handoffs.is_return THEN 1 ELSE 0 END) AS people_returns,
    sum(CASE WHEN handoffs.of = 'team' AND handoffs.is_return THEN 1 ELSE 0 END) AS team_returns
  FROM handoffs
  GROUP BY handoffs.ticket_id
),
opened AS (
  SELECT
    tickets.ticket_id,
    tickets.customer_id,
    tickets.assignee_id,
    tickets.team_id,
    tickets.opened_at,
    tickets.first_reply_at,
    tickets.met_service_level,
    tickets.due_at,
    tickets.reopens,
    tickets.reassignments,
    settings.as_of,
    settings.again_days,
    CASE WHEN coalesce(tickets.solved_at, tickets.closed_at) <= settings.as_of
         THEN coalesce(tickets.solved_at, tickets.closed_at) END AS done_at,
    lead(tickets.opened_at) OVER (
      PARTITION BY tickets.customer_id, tickets.topic ORDER BY tickets.opened_at, tickets.ticket_id
    ) AS again_at,
    CASE WHEN tickets.opened_at < local_days.first_at THEN local_days.before_on
         WHEN tickets.opened_at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(tickets.opened_at AS DATE)) END AS on_day
  FROM tickets
  CROSS JOIN settings
  LEFT JOIN local_days ON local_days.day = CAST(tickets.opened_at AS DATE)
  WHERE tickets.opened_at <= settings.as_of
),
timed AS (
  SELECT
    opened.*,
    CASE WHEN opened.first_reply_at <= opened.as_of THEN opened.first_reply_at END AS reply_at,
    CASE WHEN opened.done_at IS NULL THEN NULL
         WHEN opened.customer_id IS NOT NULL AND opened.again_at > opened.opened_at
              AND epoch_us(opened.again_at) - epoch_us(opened.done_at) <= opened.again_days * 86400000000
         THEN TRUE
         WHEN epoch_us(opened.as_of) - epoch_us(opened.done_at) > opened.again_days * 86400000000 THEN FALSE
         END AS came_again
  FROM opened
)
SELECT
  timed.ticket_id,
  coalesce(customer_lives.customer_no, CAST(0 AS BIGINT)) AS customer_no,
  coalesce(people_by_day.person_no, CAST(0 AS BIGINT)) AS person_no,
  coalesce(timed.team_id, people_by_day.team_id, '') AS team_id,
  coalesce(teams.department, people_by_day.department, '') AS department,
  timed.on_day,
  coalesce(
    timed.met_service_level,
    CASE WHEN timed.done_at IS NOT NULL THEN timed.done_at <= timed.due_at
         WHEN timed.due_at < timed.as_of THEN FALSE END
  ) AS met_service_level,
  greatest(
    epoch_us(coalesce(timed.reply_at, timed.done_at, timed.as_of)) - epoch_us(timed.opened_at), 0
  ) // 60000000 AS reply_minutes,
  CASE WHEN timed.reply_at IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS reply_outcome,
  greatest(
    epoch_us(coalesce(timed.done_at, timed.as_of)) - epoch_us(timed.opened_at), 0
  ) // 60000000 AS solve_minutes,
  CASE WHEN timed.done_at IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS solve_outcome,
  coalesce(timed.reopens, 0) > 0 AS reopened,
  CASE WHEN timed.done_at IS NULL THEN NULL
       WHEN coalesce(timed.reopens, 0) > 0 OR timed.came_again THEN FALSE
       WHEN NOT timed.came_again THEN TRUE END AS first_contact,
  CAST(coalesce(timed.reassignments, greatest(changes.people, changes.teams), 0) AS BIGINT) AS handoffs,
  CAST(coalesce(greatest(changes.people_returns, changes.team_returns), 0) AS BIGINT) AS returns
FROM timed
LEFT JOIN changes ON changes.ticket_id = timed.ticket_id
LEFT JOIN customer_lives ON customer_lives.customer_id = timed.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = timed.assignee_id
  AND people_by_day.from_on <= timed.on_day AND timed.on_day < people_by_day.to_on
LEFT JOIN teams ON teams.team_id = timed.team_id
