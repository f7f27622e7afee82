-- one row per hand-off of a ticket: it went from one person to another, or from one team to another. Steps that name
-- nobody do not interrupt: who had it last, had it still. A return (A, then B, then A again) is ping-pong.
-- key: ticket_id, of, nth
-- kept: yes
-- gives:
--   ticket_id text         the ticket
--   of text                person or team: what changed
--   nth integer            the ticket's first, second, … change of that kind
--   customer_id text!      whose ticket; '' none
--   at timestamp!          when (UTC)
--   from_id text!          the person or team that had it
--   to_id text!            the person or team that got it
--   is_return boolean!     it went back to whom it came from
WITH steps AS (
  SELECT
    ticket_steps.ticket_id,
    ticket_steps.at AS moment,
    ticket_steps.seq,
    ticket_steps.person_id,
    coalesce(ticket_steps.team_id, nullif(people_by_day.team_id, '')) AS team_id
  FROM ticket_steps
  LEFT JOIN people_by_day
    ON people_by_day.person_id = ticket_steps.person_id
    AND people_by_day.from_on <= CAST(ticket_steps.at AS DATE)
    AND CAST(ticket_steps.at AS DATE) < people_by_day.to_on
),
holders AS (
  SELECT steps.ticket_id, 'person' AS of, steps.moment, steps.seq, steps.person_id AS holder_id
  FROM steps WHERE steps.person_id IS NOT NULL
  UNION ALL
  SELECT steps.ticket_id, 'team', steps.moment, steps.seq, steps.team_id
  FROM steps WHERE steps.team_id IS NOT NULL
),
beside AS (
  SELECT
    holders.*,
    lag(holders.holder_id) OVER (PARTITION BY holders.ticket_id, holders.of ORDER BY holders.moment, holders.seq) AS before_id
  FROM holders
),
turns AS (
  SELECT
    beside.ticket_id,
    beside.of,
    beside.moment,
    beside.before_id,
    beside.holder_id,
    row_number() OVER (PARTITION BY beside.ticket_id, beside.of ORDER BY beside.moment, beside.seq) - 1 AS nth,
    lag(beside.before_id) OVER (PARTITION BY beside.ticket_id, beside.of ORDER BY beside.moment, beside.seq) AS two_before_id
  FROM beside
  WHERE beside.before_id IS NULL OR beside.before_id <> beside.holder_id
)
SELECT
  turns.ticket_id,
  turns.of,
  turns.nth,
  coalesce(tickets.customer_id, '') AS customer_id,
  turns.moment AS at,
  turns.before_id AS from_id,
  turns.holder_id AS to_id,
  coalesce(turns.two_before_id = turns.holder_id, FALSE) AS is_return
FROM turns
JOIN tickets ON tickets.ticket_id = turns.ticket_id
WHERE turns.before_id IS NOT NULL
