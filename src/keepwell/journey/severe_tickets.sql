-- one row per ticket that its source calls severe, in whichever words
-- key: ticket_id
-- gives:
--   ticket_id text         the ticket
--   customer_id text       whose; null: nobody known
--   opened_at timestamp!   when it was opened
--   done_at timestamp      when it was solved or, where that was sooner, closed; null: neither
SELECT
  tickets.ticket_id,
  tickets.customer_id,
  tickets.opened_at,
  least(coalesce(tickets.solved_at, tickets.closed_at), coalesce(tickets.closed_at, tickets.solved_at)) AS done_at
FROM tickets
WHERE lower(tickets.priority) IN ('critical', 'urgent', 'highest', 'blocker', 'severe', 'p1', 'sev1', 'sev 1', '1')
  OR tickets.priority LIKE '1 - %'
