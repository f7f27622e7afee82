-- one row per thing that happened to a customer, of every kind of fact, in one order: the customer's journey.
-- Only what has happened by the run's day is here. What has a day but no moment stands at the day's first moment;
-- things of one moment are ordered by their place in a customer's life (a deal is won before its contract starts).
-- What has no stage of its own is in the phase in which the customer was on that day (customer_lives).
-- Texts are not here: a run holds ids only. The team is the one the source names, or else the person's on that day.
-- key: customer_no, at, place, seq, event_id
-- kept: yes
-- gives:
--   customer_no integer  the customer's place in the order of ids
--   at timestamp         when (UTC)
--   place integer        the order of things that happened at one moment
--   seq integer          the order of steps of one moment
--   event_id text        the table, the row's id there, and what happened
--   customer_id text!    whose journey
--   on_day date!         the day, in the company's time zone
--   stage text!          one of the journey's stages
--   kind text!           what happened
--   person_id text!      who did it, or was there for it; '' nobody known
--   team_id text!        '' none
--   department text!     '' none
--   ref_table text!      the table of the record in which the fact stands
--   ref_id text!         its id there
--   amount money         in its currency
--   currency text        of the amount
--   score number         an answer's score
--   known_at timestamp!  when we learned it
WITH happened AS (
  SELECT 1 AS place, 0 AS seq, customers.customer_id, CAST(NULL AS TIMESTAMP) AS at, customers.customer_since_on AS on_day,
    'buy' AS stage, 'became_customer' AS kind, CAST(NULL AS VARCHAR) AS person_id, CAST(NULL AS VARCHAR) AS team_id,
    'customers' AS ref_table, customers.customer_id AS ref_id, '' AS part,
    CAST(NULL AS DECIMAL(18, 4)) AS amount, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DECIMAL(18, 6)) AS score,
    customers.known_at
  FROM customers WHERE customers.customer_since_on IS NOT NULL
  UNION ALL
  SELECT 2, 0, coverage.customer_id, NULL, coverage.from_on, '', 'owner_came', coverage.person_id, NULL,
    'coverage', coverage.customer_id,
    coverage.person_id || '|' || coverage.role || '|' || CAST(coverage.from_on AS VARCHAR), NULL, NULL, NULL,
    coverage.known_at
  FROM coverage
  UNION ALL
  SELECT 70, 0, coverage.customer_id, NULL, coverage.to_on, '', 'owner_left', coverage.person_id, NULL,
    'coverage', coverage.customer_id,
    coverage.person_id || '|' || coverage.role || '|' || CAST(coverage.from_on AS VARCHAR), NULL, NULL, NULL,
    coverage.known_at
  FROM coverage WHERE coverage.to_on IS NOT NULL
  UNION ALL
  SELECT 10, 0, touches.customer_id, touches.at, NULL,
    CASE WHEN touches.kind = 'lead' THEN 'aware'
         WHEN touches.kind IN ('referral', 'reference_call') THEN 'advocate'
         WHEN touches.kind = 'save_attempt' THEN 'leave'
         ELSE '' END,
    touches.kind, touches.person_id, NULL, 'touches', touches.touch_id, '', NULL, NULL, NULL, touches.known_at
  FROM touches
  UNION ALL
  SELECT 20, 0, deals.customer_id, NULL, deals.opened_on,
    CASE WHEN deals.kind = 'renewal' THEN 'renew' WHEN deals.kind = 'expansion' THEN '' ELSE 'evaluate' END,
    'deal_opened', deals.owner_id, NULL, 'deals', deals.deal_id, '', NULL, NULL, NULL, deals.known_at
  FROM deals WHERE deals.opened_on IS NOT NULL
  UNION ALL
  SELECT 24, 0, deals.customer_id, NULL, deals.closed_on,
    CASE WHEN deals.kind = 'renewal' THEN 'renew' WHEN deals.outcome = 'won' THEN 'buy' ELSE 'evaluate' END,
    CASE WHEN deals.outcome = 'won' THEN 'deal_won' ELSE 'deal_lost' END,
    deals.owner_id, NULL, 'deals', deals.deal_id, '', deals.amount, deals.currency, NULL, deals.known_at
  FROM deals WHERE deals.closed_on IS NOT NULL AND deals.outcome <> 'open'
  UNION ALL
  SELECT 26, 0, contracts.customer_id, NULL, contracts.starts_on,
    CASE WHEN contracts.renews_id IS NULL THEN 'buy' ELSE 'renew' END,
    'contract_started', NULL, NULL, 'contracts', contracts.contract_id, '', contracts.annual_value, contracts.currency,
    NULL, contracts.known_at
  FROM contracts
  UNION ALL
  SELECT 80, 0, contracts.customer_id, NULL, contracts.notice_on, 'leave', 'notice_given', NULL, NULL,
    'contracts', contracts.contract_id, '', contracts.annual_value, contracts.currency, NULL, contracts.known_at
  FROM contracts WHERE contracts.notice_on IS NOT NULL
  UNION ALL
  SELECT 81, 0, contracts.customer_id, NULL, contracts.ended_on, 'leave', 'contract_ended', NULL, NULL,
    'contracts', contracts.contract_id, '', contracts.annual_value, contracts.currency, NULL, contracts.known_at
  FROM contracts WHERE contracts.ended_on IS NOT NULL
  UNION ALL
  SELECT 27, 0, orders.customer_id, orders.ordered_at, NULL, 'buy', 'ordered', orders.person_id, NULL,
    'orders', orders.order_id, '', orders.amount, orders.currency, NULL, orders.known_at
  FROM orders
  UNION ALL
  SELECT 29, 0, orders.customer_id, orders.shipped_at, NULL, 'deliver', 'shipped', NULL, NULL,
    'orders', orders.order_id, '', NULL, NULL, NULL, orders.known_at
  FROM orders WHERE orders.shipped_at IS NOT NULL
  UNION ALL
  SELECT 30, 0, orders.customer_id, orders.delivered_at, NULL, 'deliver', 'order_delivered', NULL, NULL,
    'orders', orders.order_id, '', NULL, NULL, NULL, orders.known_at
  FROM orders WHERE orders.delivered_at IS NOT NULL
  UNION ALL
  SELECT 28, 0, invoices.customer_id, NULL, invoices.issued_on, '', 'invoice_sent', NULL, NULL,
    'invoices', invoices.invoice_id, '', invoices.amount, invoices.currency, NULL, invoices.known_at
  FROM invoices
  UNION ALL
  SELECT 65, 0, invoices.customer_id, NULL, invoices.paid_on, '', 'invoice_paid', NULL, NULL,
    'invoices', invoices.invoice_id, '', invoices.amount, invoices.currency, NULL, invoices.known_at
  FROM invoices WHERE invoices.paid_on IS NOT NULL
  UNION ALL
  SELECT 22, 0, promises.customer_id, NULL, promises.made_on, '', 'promised', promises.person_id, NULL,
    'promises', promises.promise_id, '', NULL, NULL, NULL, promises.known_at
  FROM promises
  UNION ALL
  SELECT 66, 0, promises.customer_id, promises.kept_at, NULL, '', 'promise_kept', promises.person_id, NULL,
    'promises', promises.promise_id, '', NULL, NULL, NULL, promises.known_at
  FROM promises WHERE promises.kept_at IS NOT NULL
  UNION ALL
  SELECT 12, 0, needs.customer_id, NULL, needs.stated_on, '', 'need_stated', NULL, NULL,
    'needs', needs.need_id, '', NULL, NULL, NULL, needs.known_at
  FROM needs WHERE needs.stated_on IS NOT NULL
  UNION ALL
  SELECT 13, 0, needs.customer_id, NULL, needs.reviewed_on, '', 'need_reviewed', NULL, NULL,
    'needs', needs.need_id, '', NULL, NULL, NULL, needs.known_at
  FROM needs WHERE needs.reviewed_on IS NOT NULL
  UNION ALL
  SELECT 41, 0, needs.customer_id, NULL, needs.met_on, '', 'need_met', NULL, NULL,
    'needs', needs.need_id, '', NULL, NULL, NULL, needs.known_at
  FROM needs WHERE needs.met_on IS NOT NULL
  UNION ALL
  SELECT
    CASE milestones.kind WHEN 'handed_over' THEN 31 WHEN 'delivered' THEN 32 WHEN 'installed' THEN 33
      WHEN 'trained' THEN 34 WHEN 'went_live' THEN 35 WHEN 'first_value' THEN 36 ELSE 37 END,
    0, milestones.customer_id, milestones.reached_at, NULL,
    CASE milestones.kind WHEN 'handed_over' THEN 'deliver' WHEN 'delivered' THEN 'deliver'
      WHEN 'installed' THEN 'install' WHEN 'trained' THEN '' ELSE 'adopt' END,
    milestones.kind, milestones.person_id, NULL, 'milestones', milestones.customer_id,
    milestones.contract_id || '|' || milestones.kind, NULL, NULL, NULL, milestones.known_at
  FROM milestones WHERE milestones.reached_at IS NOT NULL
  UNION ALL
  SELECT 50, 0, tickets.customer_id, tickets.opened_at, NULL, 'support', 'ticket_opened', NULL, tickets.team_id,
    'tickets', tickets.ticket_id, '', NULL, NULL, NULL, tickets.known_at
  FROM tickets
  UNION ALL
  SELECT 52, 0, tickets.customer_id, tickets.first_reply_at, NULL, 'support', 'first_reply', tickets.assignee_id,
    tickets.team_id, 'tickets', tickets.ticket_id, '', NULL, NULL, NULL, tickets.known_at
  FROM tickets WHERE tickets.first_reply_at IS NOT NULL
  UNION ALL
  SELECT 53, 0, tickets.customer_id, tickets.solved_at, NULL, 'support', 'ticket_solved', tickets.assignee_id,
    tickets.team_id, 'tickets', tickets.ticket_id, '', NULL, NULL, NULL, tickets.known_at
  FROM tickets WHERE tickets.solved_at IS NOT NULL
  UNION ALL
  SELECT 54, 0, tickets.customer_id, tickets.closed_at, NULL, 'support', 'ticket_closed', tickets.assignee_id,
    tickets.team_id, 'tickets', tickets.ticket_id, '', NULL, NULL, NULL, tickets.known_at
  FROM tickets WHERE tickets.closed_at IS NOT NULL
  UNION ALL
  SELECT 51, ticket_steps.seq, tickets.customer_id, ticket_steps.at, NULL, 'support', 'ticket_step',
    ticket_steps.person_id, ticket_steps.team_id, 'ticket_steps', ticket_steps.ticket_id,
    CAST(epoch_us(ticket_steps.at) AS VARCHAR) || '|' || CAST(ticket_steps.seq AS VARCHAR), NULL, NULL, NULL,
    ticket_steps.known_at
  FROM ticket_steps
  JOIN tickets ON tickets.ticket_id = ticket_steps.ticket_id
  UNION ALL
  SELECT 60, 0, surveys.customer_id, surveys.invited_at, NULL,
    CASE WHEN surveys.kind = 'word_of_mouth' THEN 'advocate' ELSE coalesce(surveys.stage, '') END,
    'survey_sent', surveys.invited_by, NULL, 'surveys', surveys.invitation_id, '', NULL, NULL, NULL, surveys.known_at
  FROM surveys WHERE surveys.invited_at IS NOT NULL
  UNION ALL
  SELECT 61, 0, surveys.customer_id, surveys.answered_at, NULL,
    CASE WHEN surveys.kind = 'word_of_mouth' THEN 'advocate' ELSE coalesce(surveys.stage, '') END,
    'survey_answered', surveys.about_person_id, NULL, 'surveys', surveys.invitation_id, '', NULL, NULL, surveys.score,
    surveys.known_at
  FROM surveys WHERE surveys.answered_at IS NOT NULL
  UNION ALL
  -- one event per day of use, not per feature: a day on which the product served the customer
  SELECT 40, 0, usage.customer_id, NULL, usage.day, '', 'used', NULL, NULL, 'usage', usage.customer_id,
    CAST(usage.day AS VARCHAR), NULL, NULL, NULL, max(usage.known_at)
  FROM usage GROUP BY usage.customer_id, usage.day
  UNION ALL
  SELECT 67, 0, costs.customer_id, NULL, costs."on", '', 'cost', NULL, NULL, 'costs', costs.cost_id, '',
    costs.amount, costs.currency, NULL, costs.known_at
  FROM costs
),
dated AS (
  SELECT
    happened.*,
    coalesce(happened.at, local_days.starts_at, CAST(happened.on_day AS TIMESTAMP)) AS moment,
    CASE WHEN happened.on_day IS NOT NULL THEN happened.on_day
         WHEN happened.at < local_days.first_at THEN local_days.before_on
         WHEN happened.at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(happened.at AS DATE)) END AS day_there
  FROM happened
  LEFT JOIN local_days ON local_days.day = coalesce(happened.on_day, CAST(happened.at AS DATE))
)
SELECT
  customer_lives.customer_no,
  dated.moment AS at,
  CAST(dated.place AS BIGINT) AS place,
  CAST(dated.seq AS BIGINT) AS seq,
  CASE WHEN dated.part = '' THEN dated.ref_table || ':' || dated.ref_id || ':' || dated.kind
       ELSE dated.ref_table || ':' || dated.ref_id || ':' || dated.kind || ':' || dated.part END AS event_id,
  dated.customer_id,
  dated.day_there AS on_day,
  CASE WHEN dated.stage <> '' THEN dated.stage
       WHEN dated.day_there >= customer_lives.left_on THEN 'leave'
       WHEN dated.day_there >= customer_lives.uses_from THEN 'use'
       WHEN dated.day_there >= customer_lives.adopts_from THEN 'adopt'
       WHEN dated.day_there >= customer_lives.purchased_on THEN 'install'
       ELSE 'evaluate' END AS stage,
  dated.kind,
  coalesce(dated.person_id, '') AS person_id,
  coalesce(dated.team_id, people_by_day.team_id, '') AS team_id,
  coalesce(teams.department, people_by_day.department, '') AS department,
  dated.ref_table,
  dated.ref_id,
  dated.amount,
  dated.currency,
  dated.score,
  dated.known_at
FROM dated
CROSS JOIN run_settings
JOIN customer_lives ON customer_lives.customer_id = dated.customer_id
LEFT JOIN people_by_day
  ON people_by_day.person_id = dated.person_id
  AND people_by_day.from_on <= dated.day_there AND dated.day_there < people_by_day.to_on
LEFT JOIN teams ON teams.team_id = dated.team_id
WHERE dated.day_there <= run_settings.today
