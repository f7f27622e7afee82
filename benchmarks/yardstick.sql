-- The yardstick: what a good engineer would write by hand in DuckDB for this one company and its three plans (plans/).
--
-- It reads the same snapshot ({snapshot}) and writes the same kept tables ({out}), in the same order of rows, as zstd
-- Parquet. Wherever knowing the company helps, it does: two clock changes a year stand in a macro, a person has one
-- position, there is one currency, no pay was settled before, and the tables that are empty are not read. Money is whole
-- cents in integers. The plans' numbers stand where they are used.
--
-- It leaves out, and so has less to do than Keepwell: the table `measures` (values, intervals and credibility of each
-- unit and period; only their sums are here), pay_unpaid and pay_conflicts (empty here), and of pay_lines and
-- part_totals the columns of scored parts.

CREATE MACRO is_summer("at") AS
  ("at" >= TIMESTAMP '2024-03-31 01:00:00' AND "at" < TIMESTAMP '2024-10-27 01:00:00')
  OR ("at" >= TIMESTAMP '2025-03-30 01:00:00' AND "at" < TIMESTAMP '2025-10-26 01:00:00');
CREATE MACRO local_day("at") AS CAST("at" + CASE WHEN is_summer("at") THEN INTERVAL 2 HOUR ELSE INTERVAL 1 HOUR END AS DATE);
CREATE MACRO starts_at(day) AS
  CAST(day AS TIMESTAMP) - CASE WHEN is_summer(CAST(day AS TIMESTAMP) - INTERVAL 1 HOUR) THEN INTERVAL 2 HOUR ELSE INTERVAL 1 HOUR END;
CREATE MACRO today() AS DATE '2025-12-31';
CREATE MACRO as_of() AS TIMESTAMP '2025-12-31 20:00:00';
CREATE MACRO never() AS DATE '9999-12-31';
CREATE MACRO month_of(day) AS year(day) * 12 + month(day) - 1;
CREATE MACRO quarter_of(day) AS month_of(day) - month_of(day) % 3;
CREATE MACRO half_even(n, d) AS
  n // d + CASE WHEN 2 * (n % d) > d OR (2 * (n % d) = d AND (n // d) % 2 = 1) THEN 1 ELSE 0 END;
CREATE MACRO up(n, d) AS (n + d - 1) // d;
CREATE MACRO money(cents) AS CAST(CAST(cents AS DECIMAL(18, 0)) / 100 AS DECIMAL(18, 4));
CREATE MACRO hours(us, many) AS CAST(us / (many * 3600000000.0) AS DECIMAL(18, 6));

CREATE VIEW customers AS FROM read_parquet('{snapshot}/customers.parquet');
CREATE VIEW coverage AS FROM read_parquet('{snapshot}/coverage.parquet');
CREATE VIEW touches AS FROM read_parquet('{snapshot}/touches.parquet');
CREATE VIEW deals AS FROM read_parquet('{snapshot}/deals.parquet');
CREATE VIEW deal_shares AS FROM read_parquet('{snapshot}/deal_shares.parquet');
CREATE VIEW contracts AS FROM read_parquet('{snapshot}/contracts.parquet');
CREATE VIEW promises AS FROM read_parquet('{snapshot}/promises.parquet');
CREATE VIEW milestones AS FROM read_parquet('{snapshot}/milestones.parquet');
CREATE VIEW tickets AS FROM read_parquet('{snapshot}/tickets.parquet');
CREATE VIEW ticket_steps AS FROM read_parquet('{snapshot}/ticket_steps.parquet');
CREATE VIEW surveys AS FROM read_parquet('{snapshot}/surveys.parquet');
CREATE VIEW quotas AS FROM read_parquet('{snapshot}/quotas.parquet');
CREATE VIEW teams AS FROM read_parquet('{snapshot}/teams.parquet');
CREATE VIEW positions AS FROM read_parquet('{snapshot}/positions.parquet');

---- who and when

CREATE TABLE posts AS
WITH held AS (
  SELECT row_number() OVER (ORDER BY person_id) AS person_no, person_id, role, from_on, coalesce(to_on, never()) AS to_on,
    team_id, department, fte
  FROM positions JOIN teams USING (team_id)
)
SELECT person_no, person_id, role, from_on, to_on, team_id, department, fte FROM held
UNION ALL SELECT person_no, person_id, '', DATE '0001-01-01', from_on, '', '', 0 FROM held
UNION ALL SELECT person_no, person_id, '', to_on, never(), '', '', 0 FROM held WHERE to_on < never();

CREATE TABLE lives AS
WITH bought AS (
  SELECT customer_id, min(on_day) AS purchased_on, min(opened_on) AS opened_on, max(left_on) AS left_on FROM (
    SELECT customer_id, CASE WHEN outcome = 'won' AND kind <> 'renewal' THEN closed_on END AS on_day, opened_on,
      NULL AS left_on FROM deals
    UNION ALL
    SELECT customer_id, starts_on, NULL, CASE WHEN ended_on IS NOT NULL THEN least(ended_on, ends_on)
      WHEN today() - ends_on > 30 THEN ends_on ELSE never() END FROM contracts
    UNION ALL
    SELECT customer_id, customer_since_on, NULL, NULL FROM customers
  ) GROUP BY customer_id
),
live AS (
  SELECT customer_id, local_day(min(reached_at)) AS live_on FROM milestones WHERE kind = 'went_live' GROUP BY customer_id
)
SELECT row_number() OVER (ORDER BY customer_id) AS customer_no, customer_id, segment, region, purchased_on, opened_on,
  CASE WHEN live.customer_id IS NOT NULL THEN coalesce(live_on, never()) ELSE never() END AS live_on,
  CASE WHEN live.customer_id IS NULL THEN purchased_on ELSE greatest(coalesce(live_on, never()), purchased_on) END AS adopts_from,
  CASE WHEN left_on <= today() THEN left_on ELSE never() END AS left_on
FROM customers LEFT JOIN bought USING (customer_id) LEFT JOIN live USING (customer_id);
ALTER TABLE lives ADD COLUMN uses_from DATE;
UPDATE lives SET uses_from = CASE WHEN adopts_from = never() THEN never() ELSE adopts_from + 90 END;

CREATE MACRO phase(day, purchased_on, adopts_from, uses_from, left_on) AS
  CASE WHEN day >= left_on THEN 'leave' WHEN day >= uses_from THEN 'use' WHEN day >= adopts_from THEN 'adopt'
       WHEN day >= purchased_on THEN 'install' ELSE 'evaluate' END;

---- the journey

COPY (
  WITH happened AS (
    SELECT 1 AS place, 0 AS seq, customer_id, NULL::TIMESTAMP AS "at", customer_since_on AS on_day, 'buy' AS stage,
      'became_customer' AS kind, NULL::VARCHAR AS person_id, NULL::VARCHAR AS team_id, 'customers' AS ref_table,
      customer_id AS ref_id, '' AS part, NULL::DECIMAL(18, 4) AS amount, NULL::VARCHAR AS currency,
      NULL::DECIMAL(18, 6) AS score, known_at
    FROM customers
    UNION ALL
    SELECT 2, 0, customer_id, NULL, from_on, '', 'owner_came', person_id, NULL, 'coverage', customer_id,
      ':' || person_id || '|' || role || '|' || from_on, NULL, NULL, NULL, known_at FROM coverage
    UNION ALL
    SELECT 70, 0, customer_id, NULL, to_on, '', 'owner_left', person_id, NULL, 'coverage', customer_id,
      ':' || person_id || '|' || role || '|' || from_on, NULL, NULL, NULL, known_at FROM coverage WHERE to_on IS NOT NULL
    UNION ALL
    SELECT 10, 0, customer_id, "at", NULL, CASE kind WHEN 'lead' THEN 'aware' WHEN 'save_attempt' THEN 'leave' ELSE '' END,
      kind, person_id, NULL, 'touches', touch_id, '', NULL, NULL, NULL, known_at FROM touches
    UNION ALL
    SELECT 20, 0, customer_id, NULL, opened_on,
      CASE kind WHEN 'renewal' THEN 'renew' WHEN 'expansion' THEN '' ELSE 'evaluate' END,
      'deal_opened', owner_id, NULL, 'deals', deal_id, '', NULL, NULL, NULL, known_at FROM deals
    UNION ALL
    SELECT 24, 0, customer_id, NULL, closed_on,
      CASE WHEN kind = 'renewal' THEN 'renew' WHEN outcome = 'won' THEN 'buy' ELSE 'evaluate' END,
      CASE WHEN outcome = 'won' THEN 'deal_won' ELSE 'deal_lost' END, owner_id, NULL, 'deals', deal_id, '', amount,
      currency, NULL, known_at FROM deals WHERE closed_on IS NOT NULL
    UNION ALL
    SELECT 26, 0, customer_id, NULL, starts_on, CASE WHEN renews_id IS NULL THEN 'buy' ELSE 'renew' END,
      'contract_started', NULL, NULL, 'contracts', contract_id, '', annual_value, currency, NULL, known_at FROM contracts
    UNION ALL
    SELECT 80, 0, customer_id, NULL, notice_on, 'leave', 'notice_given', NULL, NULL, 'contracts', contract_id, '',
      annual_value, currency, NULL, known_at FROM contracts WHERE notice_on IS NOT NULL
    UNION ALL
    SELECT 81, 0, customer_id, NULL, ended_on, 'leave', 'contract_ended', NULL, NULL, 'contracts', contract_id, '',
      annual_value, currency, NULL, known_at FROM contracts WHERE ended_on IS NOT NULL
    UNION ALL
    SELECT 22, 0, customer_id, NULL, made_on, '', 'promised', person_id, NULL, 'promises', promise_id, '', NULL, NULL,
      NULL, known_at FROM promises
    UNION ALL
    SELECT 66, 0, customer_id, kept_at, NULL, '', 'promise_kept', person_id, NULL, 'promises', promise_id, '', NULL,
      NULL, NULL, known_at FROM promises WHERE kept_at IS NOT NULL
    UNION ALL
    SELECT CASE kind WHEN 'handed_over' THEN 31 WHEN 'installed' THEN 33 WHEN 'went_live' THEN 35 ELSE 36 END, 0,
      customer_id, reached_at, NULL, CASE kind WHEN 'handed_over' THEN 'deliver' WHEN 'installed' THEN 'install' ELSE 'adopt' END,
      kind, person_id, NULL, 'milestones', customer_id, ':' || contract_id || '|' || kind, NULL, NULL, NULL, known_at
    FROM milestones WHERE reached_at IS NOT NULL
    UNION ALL
    SELECT 50, 0, customer_id, opened_at, NULL, 'support', 'ticket_opened', NULL, team_id, 'tickets', ticket_id, '',
      NULL, NULL, NULL, known_at FROM tickets
    UNION ALL
    SELECT 52, 0, customer_id, first_reply_at, NULL, 'support', 'first_reply', assignee_id, team_id, 'tickets',
      ticket_id, '', NULL, NULL, NULL, known_at FROM tickets WHERE first_reply_at IS NOT NULL
    UNION ALL
    SELECT 53, 0, customer_id, solved_at, NULL, 'support', 'ticket_solved', assignee_id, team_id, 'tickets',
      ticket_id, '', NULL, NULL, NULL, known_at FROM tickets WHERE solved_at IS NOT NULL
    UNION ALL
    SELECT 54, 0, customer_id, closed_at, NULL, 'support', 'ticket_closed', assignee_id, team_id, 'tickets',
      ticket_id, '', NULL, NULL, NULL, known_at FROM tickets WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT 51, s.seq, t.customer_id, s.at, NULL, 'support', 'ticket_step', s.person_id, s.team_id, 'ticket_steps',
      s.ticket_id, ':' || epoch_us(s.at) || '|' || s.seq, NULL, NULL, NULL, s.known_at
    FROM ticket_steps AS s JOIN tickets AS t USING (ticket_id)
    UNION ALL
    SELECT 60, 0, customer_id, invited_at, NULL, coalesce(stage, ''), 'survey_sent', invited_by, NULL, 'surveys',
      invitation_id, '', NULL, NULL, NULL, known_at FROM surveys
    UNION ALL
    SELECT 61, 0, customer_id, answered_at, NULL, coalesce(stage, ''), 'survey_answered', about_person_id, NULL,
      'surveys', invitation_id, '', NULL, NULL, score, known_at FROM surveys WHERE answered_at IS NOT NULL
  ),
  dated AS (
    SELECT * REPLACE (coalesce("at", starts_at(on_day)) AS "at", coalesce(on_day, local_day("at")) AS on_day) FROM happened
  )
  SELECT e.ref_table || ':' || e.ref_id || ':' || e.kind || e.part AS event_id, l.customer_no, e.customer_id, e.at,
    e.on_day, e.place::BIGINT AS place, e.seq::BIGINT AS seq,
    CASE WHEN e.stage <> '' THEN e.stage ELSE phase(e.on_day, purchased_on, adopts_from, uses_from, left_on) END AS stage,
    e.kind, coalesce(e.person_id, '') AS person_id, coalesce(e.team_id, p.team_id, '') AS team_id,
    coalesce(t.department, p.department, '') AS department, e.ref_table, e.ref_id, e.amount, e.currency, e.score, e.known_at
  FROM dated AS e
  JOIN lives AS l USING (customer_id)
  LEFT JOIN posts AS p ON p.person_id = e.person_id AND p.from_on <= e.on_day AND e.on_day < p.to_on
  LEFT JOIN teams AS t ON t.team_id = e.team_id
  WHERE e.on_day <= today()
  ORDER BY customer_no, "at", place, seq, event_id
) TO '{out}/events.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE VIEW events AS FROM read_parquet('{out}/events.parquet');

CREATE TABLE visits AS
WITH lined_up AS (
  SELECT customer_no, stage, "at", row_number() OVER w AS nth, lag(stage) OVER w AS before,
    count(*) OVER (PARTITION BY customer_no) AS many
  FROM events WINDOW w AS (PARTITION BY customer_no ORDER BY "at", place, seq, stage)
)
SELECT customer_no, row_number() OVER w AS seq, stage, "at" AS entered_at, lead(stage) OVER w AS next_stage,
  lead("at") OVER w AS next_at, coalesce(lead(nth) OVER w, many + 1) - nth AS events
FROM lined_up WHERE before IS DISTINCT FROM stage
WINDOW w AS (PARTITION BY customer_no ORDER BY nth);

COPY (
  SELECT stage, count(*) AS visits, count(DISTINCT customer_no) AS customers, count(*) - count(next_at) AS now,
    sum(events)::BIGINT AS events, hours(sum(epoch_us(next_at) - epoch_us(entered_at)), count(next_at)) AS mean_hours,
    hours(median(epoch_us(next_at) - epoch_us(entered_at)), 1) AS median_hours
  FROM visits GROUP BY stage ORDER BY stage
) TO '{out}/stages.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT stage AS from_stage, next_stage AS to_stage, count(*) AS count, count(DISTINCT customer_no) AS customers,
    hours(sum(epoch_us(next_at) - epoch_us(entered_at)), count(*)) AS mean_hours,
    hours(median(epoch_us(next_at) - epoch_us(entered_at)), 1) AS median_hours
  FROM visits WHERE next_stage IS NOT NULL GROUP BY stage, next_stage ORDER BY stage, next_stage
) TO '{out}/transitions.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  WITH lined_up AS (
    SELECT customer_no, stage, department, "at", lag(department) OVER w AS before, lag("at") OVER w AS at_before
    FROM events WHERE department <> ''
    WINDOW w AS (PARTITION BY customer_no ORDER BY "at", place, seq, department, stage)
  )
  SELECT before AS from_department, department AS to_department, stage, count(*) AS count,
    count(DISTINCT customer_no) AS customers, hours(sum(epoch_us("at") - epoch_us(at_before)), count(*)) AS mean_hours
  FROM lined_up WHERE before <> department GROUP BY before, department, stage ORDER BY before, department, stage
) TO '{out}/handovers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  WITH holders AS (
    SELECT ticket_id, unnest(['person', 'team']) AS of, "at", seq, unnest([person_id, team_id]) AS holder_id FROM ticket_steps
  ),
  beside AS (
    SELECT *, lag(holder_id) OVER (PARTITION BY ticket_id, of ORDER BY "at", seq) AS before_id FROM holders
  ),
  turns AS (
    SELECT *, row_number() OVER w - 1 AS nth, lag(before_id) OVER w AS two_before_id
    FROM beside WHERE before_id IS DISTINCT FROM holder_id
    WINDOW w AS (PARTITION BY ticket_id, of ORDER BY "at", seq)
  )
  SELECT ticket_id, of, nth, customer_id, "at", before_id AS from_id, holder_id AS to_id,
    coalesce(two_before_id = holder_id, FALSE) AS is_return
  FROM turns JOIN tickets USING (ticket_id) WHERE before_id IS NOT NULL ORDER BY ticket_id, of, nth
) TO '{out}/handoffs.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE VIEW handoffs AS FROM read_parquet('{out}/handoffs.parquet');

COPY (
  WITH made AS (
    SELECT 'promises' AS ref_table, promise_id AS ref_id, customer_id, person_id, NULL AS team_id, '' AS stage, kind,
      made_on, due_on, NULL::TIMESTAMP AS due_at, CASE WHEN kept_at <= as_of() THEN kept_at END AS done_at FROM promises
    UNION ALL
    SELECT 'tickets', ticket_id, customer_id, assignee_id, team_id, 'support', 'service_level', local_day(opened_at),
      local_day(due_at), due_at, CASE WHEN coalesce(solved_at, closed_at) <= as_of() THEN coalesce(solved_at, closed_at) END
    FROM tickets
    UNION ALL
    SELECT 'milestones', customer_id || '|' || contract_id || '|' || kind, customer_id, person_id, NULL,
      CASE kind WHEN 'handed_over' THEN 'deliver' WHEN 'first_value' THEN 'adopt' ELSE 'install' END,
      'date', NULL, due_on, NULL, CASE WHEN reached_at <= as_of() THEN reached_at END
    FROM milestones
  ),
  judged AS (
    SELECT *, local_day(done_at) AS done_on,
      CASE WHEN done_at > due_at OR local_day(done_at) > due_on THEN 'late' WHEN done_at IS NOT NULL THEN 'kept'
           WHEN due_at < as_of() OR (due_at IS NULL AND due_on < today()) THEN 'broken' ELSE 'open' END AS status
    FROM made
  )
  SELECT ref_table, ref_id, customer_id, person_id, coalesce(j.team_id, p.team_id, '') AS team_id,
    coalesce(t.department, p.department, '') AS department,
    CASE WHEN stage <> '' THEN stage WHEN made_on > purchased_on THEN phase(made_on, purchased_on, adopts_from, uses_from, left_on)
         WHEN made_on >= left_on THEN 'leave' WHEN made_on >= uses_from THEN 'use' WHEN made_on >= adopts_from THEN 'adopt'
         ELSE 'evaluate' END AS stage,
    kind, made_on, due_on, done_on, status,
    CASE WHEN status = 'late' THEN done_on - due_on WHEN status = 'broken' AND due_on < today() THEN today() - due_on END AS days_late,
    1::DECIMAL(18, 6) AS weight
  FROM judged AS j JOIN lives USING (customer_id)
  LEFT JOIN posts AS p USING (person_id)
  LEFT JOIN teams AS t ON t.team_id = j.team_id
  WHERE p.person_no IS NULL OR (p.from_on <= coalesce(made_on, due_on) AND coalesce(made_on, due_on) < p.to_on)
  ORDER BY ref_table, ref_id
) TO '{out}/promise_ledger.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE VIEW ledger AS FROM read_parquet('{out}/promise_ledger.parquet');

COPY (
  WITH valued AS (
    SELECT customer_id, local_day(min(reached_at)) AS value_on FROM milestones
    WHERE kind = 'first_value' AND reached_at IS NOT NULL GROUP BY customer_id
  ),
  broken AS (
    SELECT customer_id, count(*) AS broken FROM ledger JOIN lives USING (customer_id)
    WHERE status IN ('late', 'broken') AND ref_table <> 'tickets' AND due_on >= purchased_on AND due_on < purchased_on + 90
    GROUP BY customer_id
  ),
  severe AS (
    SELECT customer_id, count(*) AS unsolved FROM tickets JOIN lives USING (customer_id)
    WHERE priority = 'urgent' AND local_day(opened_at) >= purchased_on AND local_day(opened_at) < purchased_on + 90
      AND (solved_at IS NULL OR local_day(solved_at) >= purchased_on + 90)
      AND (closed_at IS NULL OR local_day(closed_at) >= purchased_on + 90)
    GROUP BY customer_id
  ),
  parts AS (
    SELECT customer_id, purchased_on AS from_on, purchased_on + 90 AS to_on, purchased_on + 90 <= today() AS is_over,
      nullif(live_on, never()) AS live_on, value_on, coalesce(live_on < purchased_on + 90, FALSE) AS is_live,
      coalesce(value_on < purchased_on + 90, FALSE) AS has_value, coalesce(broken, 0) AS broken_promises,
      coalesce(unsolved, 0) AS open_severe
    FROM lives LEFT JOIN valued USING (customer_id) LEFT JOIN broken USING (customer_id) LEFT JOIN severe USING (customer_id)
    WHERE purchased_on <= today()
  )
  SELECT *, CASE WHEN is_over THEN is_live AND has_value AND broken_promises = 0 AND open_severe = 0 END AS is_good
  FROM parts ORDER BY customer_id
) TO '{out}/first_days.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE VIEW first_days AS FROM read_parquet('{out}/first_days.parquet');

CREATE TABLE owned AS
WITH named AS (
  SELECT customer_id, from_on, coalesce(to_on, never()) AS to_on FROM coverage
  UNION ALL SELECT customer_id, opened_on, coalesce(closed_on, never()) FROM deals
),
reach AS (
  SELECT *, max(to_on) OVER (PARTITION BY customer_id ORDER BY from_on, to_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM named
),
islands AS (
  SELECT *, sum(CASE WHEN reached >= from_on THEN 0 ELSE 1 END) OVER (PARTITION BY customer_id ORDER BY from_on, to_on, reached NULLS FIRST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM reach
)
SELECT customer_id, min(from_on) AS from_on, max(to_on) AS to_on FROM islands GROUP BY customer_id, island;

CREATE TABLE phases AS
SELECT customer_no, customer_id, stage, from_on, least(until, today() + 1, left_on) AS to_on FROM (
  SELECT customer_no, customer_id, left_on, 'evaluate' AS stage, opened_on AS from_on, purchased_on AS until FROM lives
  UNION ALL SELECT customer_no, customer_id, left_on, 'install', purchased_on, adopts_from FROM lives
  UNION ALL SELECT customer_no, customer_id, left_on, 'adopt', adopts_from, uses_from FROM lives
  UNION ALL SELECT customer_no, customer_id, left_on, 'use', uses_from, left_on FROM lives
) WHERE from_on < least(until, today() + 1, left_on);

COPY (
  SELECT p.customer_id, p.stage, p.from_on, p.to_on, p.to_on - p.from_on AS days,
    coalesce(sum(least(p.to_on, o.to_on) - greatest(p.from_on, o.from_on))
      FILTER (WHERE o.from_on < p.to_on AND p.from_on < o.to_on), 0)::BIGINT AS owned_days,
    p.to_on > today() AS is_now, coalesce(bool_or(o.from_on <= today() AND today() < o.to_on), FALSE) AS has_owner
  FROM phases AS p LEFT JOIN owned AS o USING (customer_id)
  GROUP BY p.customer_id, p.stage, p.from_on, p.to_on ORDER BY p.customer_id, p.stage
) TO '{out}/ownership.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  WITH named AS (
    SELECT customer_id, count(*) AS owners, arg_min((person_id, role), (never() - from_on, person_id, role)) AS last FROM coverage
    WHERE from_on <= today() AND (to_on IS NULL OR today() < to_on) GROUP BY customer_id
  ),
  running AS (
    SELECT customer_id, sum(annual_value)::DECIMAL(18, 4) AS annual_value FROM contracts
    WHERE starts_on <= today() AND today() < ends_on AND (ended_on IS NULL OR today() < ended_on) GROUP BY customer_id
  )
  SELECT customer_id, segment, region,
    CASE WHEN purchased_on <= today() OR left_on <= today() THEN phase(today(), purchased_on, adopts_from, uses_from, left_on)
      ELSE 'evaluate' END AS stage,
    nullif(purchased_on, never()) AS purchased_on, nullif(live_on, never()) AS live_on, nullif(left_on, never()) AS left_on,
    coalesce(owners, 0) AS owners, coalesce(last[1], '') AS owner_id, coalesce(last[2], '') AS owner_role, annual_value
  FROM lives LEFT JOIN named USING (customer_id) LEFT JOIN running USING (customer_id) ORDER BY customer_id
) TO '{out}/customers_now.parquet' (FORMAT parquet, COMPRESSION zstd);

---- the measures' sums

CREATE TABLE cases AS
WITH changes AS (
  SELECT ticket_id, count(*) FILTER (of = 'person') AS people, count(*) FILTER (of = 'team') AS teams,
    count(*) FILTER (of = 'person' AND is_return) AS people_returns, count(*) FILTER (of = 'team' AND is_return) AS team_returns
  FROM handoffs GROUP BY ticket_id
),
opened AS (
  SELECT ticket_id, customer_id, assignee_id, team_id, opened_at, first_reply_at, due_at, reopens > 0 AS reopened,
    CASE WHEN solved_at <= as_of() THEN solved_at END AS done_at, local_day(opened_at) AS on_day,
    lead(opened_at) OVER (PARTITION BY customer_id, topic ORDER BY opened_at, ticket_id) AS again_at
  FROM tickets
),
timed AS (
  SELECT *, CASE WHEN done_at IS NULL THEN NULL
    WHEN again_at > opened_at AND again_at - done_at <= INTERVAL 14 DAY THEN TRUE
    WHEN as_of() - done_at > INTERVAL 14 DAY THEN FALSE END AS came_again
  FROM opened
)
SELECT customer_no, person_no, t.team_id, teams.department, on_day,
  CASE WHEN done_at IS NOT NULL THEN done_at <= due_at WHEN due_at < as_of() THEN FALSE END AS met,
  (epoch_us(coalesce(first_reply_at, done_at, as_of())) - epoch_us(opened_at)) // 60000000 AS reply_minutes,
  (first_reply_at IS NOT NULL)::BIGINT AS replied,
  (epoch_us(coalesce(done_at, as_of())) - epoch_us(opened_at)) // 60000000 AS solve_minutes,
  (done_at IS NOT NULL)::BIGINT AS solved, reopened,
  CASE WHEN done_at IS NULL THEN NULL WHEN reopened OR came_again THEN FALSE WHEN NOT came_again THEN TRUE END AS first_contact,
  coalesce(greatest(people, teams), 0) AS handoffs, coalesce(greatest(people_returns, team_returns), 0) AS returns
FROM timed AS t
LEFT JOIN changes USING (ticket_id)
JOIN lives USING (customer_id)
JOIN posts AS p ON p.person_id = t.assignee_id AND p.from_on <= on_day AND on_day < p.to_on
JOIN teams ON teams.team_id = t.team_id;

CREATE TABLE answers AS
WITH sent AS (
  SELECT s.kind, s.customer_id, t.assignee_id AS person_id, s.stage, s.score, local_day(s.invited_at) AS invited_on,
    CASE WHEN s.answered_at <= as_of() THEN local_day(s.answered_at) END AS answered_on
  FROM surveys AS s LEFT JOIN tickets AS t ON t.ticket_id = s.about
  WHERE s.invited_at <= as_of()
)
SELECT s.kind, CASE WHEN s.person_id IS NULL THEN 'coverage' ELSE 'person' END AS credited, customer_no,
  coalesce(person_no, 0) AS person_no, coalesce(p.team_id, '') AS team_id, coalesce(p.department, '') AS department,
  coalesce(s.stage, phase(coalesce(answered_on, invited_on), purchased_on, adopts_from, uses_from, left_on)) AS stage,
  invited_on, answered_on, score
FROM sent AS s JOIN lives USING (customer_id)
LEFT JOIN posts AS p ON p.person_id = s.person_id AND p.from_on <= coalesce(answered_on, invited_on)
  AND coalesce(answered_on, invited_on) < p.to_on;

CREATE TABLE seen AS
SELECT 'nps' AS measure, credited, customer_no, person_no, team_id, department, stage, answered_on AS on_day,
  answered_on AS credit_on, -1::BIGINT AS duration, -1::BIGINT AS outcome, (score >= 9)::BIGINT AS a, (score < 7)::BIGINT AS b, 0::BIGINT AS c
FROM answers WHERE kind = 'nps' AND answered_on IS NOT NULL
UNION ALL
SELECT 'nps_bounds', credited, customer_no, person_no, team_id, department, stage, invited_on, invited_on, -1, -1,
  coalesce(answered_on IS NOT NULL AND score >= 9, FALSE)::BIGINT, coalesce(answered_on IS NOT NULL AND score < 7, FALSE)::BIGINT, (answered_on IS NOT NULL)::BIGINT
FROM answers WHERE kind = 'nps'
UNION ALL
SELECT 'response_rate', credited, customer_no, person_no, team_id, department, stage, invited_on, invited_on, -1, -1,
  (answered_on IS NOT NULL)::BIGINT, 1, 1 FROM answers
UNION ALL
SELECT kind, credited, customer_no, person_no, team_id, department, stage, answered_on, answered_on, -1, -1,
  CASE kind WHEN 'ces' THEN score - 1 >= 0.66 * 6 ELSE score - 1 >= 0.75 * 4 END::BIGINT, 1, 1
FROM answers WHERE kind <> 'nps' AND answered_on IS NOT NULL
UNION ALL
SELECT 'service_level_met', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day, -1, -1,
  met::BIGINT, 1, 1 FROM cases WHERE met IS NOT NULL
UNION ALL
SELECT 'reopen_rate', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day, -1, -1,
  reopened::BIGINT, 1, 1 FROM cases WHERE solved = 1 OR reopened
UNION ALL
SELECT 'first_contact_resolution', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day, -1, -1,
  first_contact::BIGINT, 1, 1 FROM cases WHERE first_contact IS NOT NULL
UNION ALL
SELECT 'time_to_solve', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day,
  solve_minutes, solved, 0, 0, 0 FROM cases
UNION ALL
SELECT 'time_to_reply', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day,
  reply_minutes, replied, 0, 0, 0 FROM cases
UNION ALL
SELECT 'handoffs', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day, -1, -1,
  handoffs, handoffs * handoffs, 0 FROM cases
UNION ALL
SELECT 'ping_pong', 'person', customer_no, person_no, team_id, department, 'support', on_day, on_day, -1, -1,
  (returns > 0)::BIGINT, 1, 1 FROM cases WHERE handoffs > 0
UNION ALL
SELECT 'promises_kept', 'person', customer_no, person_no, l.team_id, l.department, stage, due_on, due_on, -1, -1,
  (status = 'kept')::BIGINT, 1, 1
FROM ledger AS l JOIN lives USING (customer_id)
JOIN posts AS p ON p.person_id = l.person_id AND p.from_on <= due_on AND due_on < p.to_on
WHERE status <> 'open' AND due_on <= today()
UNION ALL
SELECT 'time_to_value', 'coverage', customer_no, 0, '', '', 'adopt', from_on,
  CASE WHEN value_on <= end_on THEN value_on ELSE end_on END,
  greatest(CASE WHEN value_on <= end_on THEN value_on ELSE end_on END - from_on, 0),
  CASE WHEN value_on <= end_on THEN 1 WHEN has_left THEN 2 ELSE 0 END, 0, 0, 0
FROM (
  SELECT customer_no, from_on, value_on, least(left_on, today()) AS end_on, left_on <= today() AS has_left
  FROM first_days JOIN lives USING (customer_id) SEMI JOIN milestones USING (customer_id)
)
UNION ALL
SELECT 'first_90_days', 'coverage', customer_no, 0, '', '', 'adopt', from_on, to_on - 1, -1, -1, is_good::BIGINT, 1, 1
FROM first_days JOIN lives USING (customer_id) WHERE is_over;

-- the share of a quarter that its last 14 days are, in millionths
CREATE TABLE rushed AS
SELECT customer_no, person_no, team_id, department, closed_on AS on_day, (d.to_on - closed_on <= 14)::BIGINT AS a,
  CAST(14 / (d.to_on - d.from_on)::DOUBLE AS DECIMAL(18, 6)) AS b
FROM (
  SELECT customer_id, owner_id, closed_on, date_trunc('quarter', closed_on)::DATE AS from_on,
    (date_trunc('quarter', closed_on) + INTERVAL 3 MONTH)::DATE AS to_on
  FROM deals WHERE outcome = 'won' AND kind <> 'renewal'
) AS d JOIN lives USING (customer_id)
JOIN posts AS p ON p.person_id = d.owner_id AND p.from_on <= closed_on AND closed_on < p.to_on;

CREATE TABLE sums AS
WITH summed AS (
  SELECT measure, credited, customer_no, person_no, team_id, department, stage, month_of(on_day) AS month, credit_on, duration, outcome,
    a::DECIMAL(18, 6) AS a, b::DECIMAL(18, 6) AS b, c::DECIMAL(18, 6) AS c FROM seen
  UNION ALL
  SELECT 'quarter_end', 'person', customer_no, person_no, team_id, department, 'buy', month_of(on_day), on_day, -1, -1, a, b, 0 FROM rushed
),
behind AS (
  SELECT DISTINCT m.customer_no, m.credit_on, p.person_no, p.team_id, p.department
  FROM (SELECT DISTINCT customer_no, credit_on FROM seen WHERE credited = 'coverage') AS m
  JOIN lives USING (customer_no)
  JOIN coverage AS c ON c.customer_id = lives.customer_id AND c.from_on <= m.credit_on AND (c.to_on IS NULL OR m.credit_on < c.to_on)
  JOIN posts AS p ON p.person_id = c.person_id AND p.from_on <= m.credit_on AND m.credit_on < p.to_on
),
credits AS (
  SELECT 'person' AS counts_in, * FROM behind
  UNION ALL SELECT DISTINCT 'team', customer_no, credit_on, 0, team_id, department FROM behind WHERE team_id <> ''
  UNION ALL SELECT DISTINCT 'department', customer_no, credit_on, 0, '', department FROM behind WHERE department <> ''
),
people AS (
  SELECT measure, 'people' AS counts_in, person_no, team_id, department, month, duration, outcome, a, b, c
  FROM summed WHERE credited = 'person'
  UNION ALL
  SELECT measure, counts_in, k.person_no, k.team_id, k.department, month, duration, outcome, a, b, c
  FROM summed AS s JOIN credits AS k USING (customer_no, credit_on) WHERE credited = 'coverage'
)
SELECT measure, 'whole' AS counts_in, 0 AS customer_no, 0 AS person_no, '' AS team_id, '' AS department, segment, region, stage,
  month, duration, outcome, count(*) AS n, sum(a)::DECIMAL(18, 6) AS a, sum(b)::DECIMAL(18, 6) AS b, sum(c)::DECIMAL(18, 6) AS c
FROM summed JOIN lives USING (customer_no) GROUP BY measure, segment, region, stage, month, duration, outcome
UNION ALL
SELECT measure, counts_in, 0, person_no, team_id, department, '', '', '', month, duration, outcome, count(*), sum(a)::DECIMAL(18, 6), sum(b)::DECIMAL(18, 6), sum(c)::DECIMAL(18, 6)
FROM people GROUP BY measure, counts_in, person_no, team_id, department, month, duration, outcome
UNION ALL
SELECT measure, 'customer', customer_no, 0, '', '', '', '', '', month - month % 3, duration, outcome, count(*), sum(a)::DECIMAL(18, 6), sum(b)::DECIMAL(18, 6), sum(c)::DECIMAL(18, 6)
FROM summed GROUP BY measure, customer_no, month - month % 3, duration, outcome;

COPY (
  SELECT measure, counts_in, person_no, coalesce(person_id, '') AS person_id, s.team_id, s.department, segment, region, stage,
    month, duration, outcome, n, a, b, c
  FROM sums AS s LEFT JOIN (SELECT DISTINCT person_no, person_id FROM posts) USING (person_no)
  WHERE counts_in <> 'customer'
  ORDER BY measure, counts_in, person_no, team_id, department, segment, region, stage, month, duration, outcome
) TO '{out}/measure_cells.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT measure, customer_no, customer_id, month, duration, outcome, n, a, b, c
  FROM sums JOIN lives USING (customer_no) WHERE counts_in = 'customer'
  ORDER BY measure, customer_no, month, duration, outcome
) TO '{out}/measure_customers.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  WITH running AS (
    SELECT customer_no, c.starts_on,
      CASE WHEN n.starts_on IS NOT NULL THEN n.starts_on WHEN c.ended_on IS NOT NULL THEN c.ended_on
           WHEN today() - c.ends_on > 30 THEN c.ends_on ELSE never() END AS stops_on, c.annual_value AS value
    FROM contracts AS c JOIN lives USING (customer_id) LEFT JOIN contracts AS n ON n.renews_id = c.contract_id
  ),
  daily AS (
    SELECT customer_no, on_day, sum(value) AS value, sum(one) AS one FROM (
      SELECT customer_no, starts_on AS on_day, value, 1 AS one FROM running WHERE starts_on < stops_on
      UNION ALL SELECT customer_no, stops_on, -value, -1 FROM running WHERE starts_on < stops_on
    ) GROUP BY customer_no, on_day
  ),
  levels AS (
    SELECT customer_no, on_day AS from_on, lead(on_day) OVER w AS to_on, sum(value) OVER w AS value, sum(one) OVER w AS many
    FROM daily WINDOW w AS (PARTITION BY customer_no ORDER BY on_day)
  ),
  spans AS (SELECT customer_no, from_on, to_on, value FROM levels WHERE to_on IS NOT NULL AND many > 0),
  stints AS (
    SELECT customer_no, c.person_id, team_id, department, greatest(c.from_on, p.from_on) AS from_on,
      max(least(coalesce(c.to_on, never()), p.to_on)) AS to_on
    FROM coverage AS c JOIN lives USING (customer_id)
    JOIN posts AS p ON p.person_id = c.person_id AND p.from_on < coalesce(c.to_on, never()) AND c.from_on < p.to_on
    GROUP BY ALL
  ),
  states AS (
    SELECT 'retention' AS measure, 'whole' AS part, customer_no, '' AS stage, '' AS person_id, '' AS team_id,
      '' AS department, from_on, to_on, value FROM spans
    UNION ALL
    SELECT 'retention', 'person', s.customer_no, '', person_id, team_id, department, greatest(s.from_on, t.from_on),
      max(least(s.to_on, t.to_on)), max(value)
    FROM spans AS s JOIN stints AS t ON t.customer_no = s.customer_no AND t.from_on < s.to_on AND s.from_on < t.to_on
    GROUP BY s.customer_no, person_id, team_id, department, greatest(s.from_on, t.from_on)
    UNION ALL
    SELECT 'ownership', 'whole', customer_no, stage, '', '', '', from_on, to_on, 0 FROM phases
    UNION ALL
    SELECT 'ownership', 'owned', customer_no, stage, '', '', '', greatest(p.from_on, o.from_on), least(p.to_on, o.to_on), 0
    FROM phases AS p JOIN owned AS o ON o.customer_id = p.customer_id AND o.from_on < p.to_on AND p.from_on < o.to_on
  )
  SELECT measure, part, customer_no, customer_id, segment, region, stage, person_id, team_id, department, from_on, to_on,
    value::DECIMAL(18, 4) AS value
  FROM states JOIN lives USING (customer_no)
  ORDER BY measure, part, customer_no, stage, person_id, team_id, from_on
) TO '{out}/measure_spans.parquet' (FORMAT parquet, COMPRESSION zstd);

---- pay

COPY (
  WITH first_contract AS (
    SELECT deal_id, arg_min(contract_id, (starts_on, contract_id)) AS contract_id FROM contracts WHERE deal_id IS NOT NULL GROUP BY deal_id
  ),
  won AS (
    SELECT d.*, coalesce(contract_id, '') AS contract_id FROM deals AS d LEFT JOIN first_contract USING (deal_id)
    WHERE outcome = 'won' AND closed_on <= today()
  ),
  attempts AS (
    SELECT customer_id, person_id, "at", touch_id, local_day("at") AS tried_on FROM touches WHERE kind = 'save_attempt'
  ),
  rescued AS (
    SELECT contract_id, any_value(ends_on) AS ends_on, any_value(notice_on) AS notice_on, arg_min(person_id, ("at", touch_id)) AS rescuer
    FROM contracts JOIN attempts USING (customer_id)
    WHERE notice_on <= tried_on AND tried_on - notice_on <= 14 AND tried_on <= today() GROUP BY contract_id
  )
  SELECT 'signed_annual_value' AS measure, deal_id AS fact_id, 'deals' AS ref_table, customer_id, contract_id, deal_id,
    owner_id, closed_on AS on_day, annual_value AS amount, currency, known_at, source, source_file, source_row
  FROM won WHERE kind <> 'renewal'
  UNION ALL
  SELECT 'signed_amount', deal_id, 'deals', customer_id, contract_id, deal_id, owner_id, closed_on, amount, currency,
    known_at, source, source_file, source_row FROM won
  UNION ALL
  SELECT 'annual_value_due', c.contract_id, 'contracts', c.customer_id, c.contract_id, coalesce(c.deal_id, ''), coalesce(d.owner_id, ''),
    c.ends_on - 1, c.annual_value, c.currency, c.known_at, c.source, c.source_file, c.source_row
  FROM contracts AS c LEFT JOIN deals AS d USING (deal_id) WHERE c.ends_on <= today()
  UNION ALL
  SELECT 'renewed_annual_value', c.contract_id, 'contracts', c.customer_id, c.contract_id, '', '', r.ends_on - 1, c.annual_value,
    c.currency, c.known_at, c.source, c.source_file, c.source_row
  FROM contracts AS c JOIN contracts AS r ON r.contract_id = c.renews_id
  WHERE r.ends_on <= today()
  UNION ALL
  SELECT 'saved', c.contract_id, 'contracts', c.customer_id, c.contract_id, '', rescuer, r.ends_on - 1, c.annual_value,
    c.currency, c.known_at, c.source, c.source_file, c.source_row
  FROM contracts AS c JOIN rescued AS r ON r.contract_id = c.renews_id
  WHERE r.ends_on <= today()
  ORDER BY measure, fact_id
) TO '{out}/amount_facts.parquet' (FORMAT parquet, COMPRESSION zstd);
CREATE VIEW facts AS FROM read_parquet('{out}/amount_facts.parquet');

-- one row per person and fact they are credited for, with what became of the contract, in cents
CREATE TABLE credited AS
WITH signed AS (
  SELECT fact_id, deal_id, customer_id, contract_id, on_day, amount, currency, known_at, (amount * 100)::BIGINT AS cents
  FROM facts WHERE measure = 'signed_annual_value'
),
shared AS (
  SELECT deal_id, person_id, share,
    sum(share) OVER (PARTITION BY deal_id ORDER BY person_id, role) AS reached FROM deal_shares
),
shares AS (
  SELECT s.*, 'deal_shares' AS who, h.person_id, (h.reached - h.share)::DECIMAL(18, 9) AS low, h.reached::DECIMAL(18, 9) AS high
  FROM signed AS s JOIN shared AS h USING (deal_id)
  UNION ALL
  SELECT s.*, 'delivery_lead', c.person_id, 0, 1
  FROM signed AS s JOIN coverage AS c ON c.customer_id = s.customer_id AND c.role = 'delivery_lead'
    AND c.from_on <= s.on_day AND (c.to_on IS NULL OR s.on_day < c.to_on)
)
SELECT s.* EXCLUDE (cents, deal_id), p.role, quarter_of(s.on_day) AS period,
  ceil(s.cents * high)::BIGINT - ceil(s.cents * low)::BIGINT AS counted,
  c.ended_on, coalesce(c.end_reason, '') AS end_reason, CASE WHEN c.ended_on < local_day(m.reached_at) THEN NULL ELSE local_day(m.reached_at) END AS live_on
FROM shares AS s
JOIN posts AS p ON p.person_id = s.person_id AND p.from_on <= s.on_day AND s.on_day < p.to_on
  AND (p.role = s.who OR (s.who = 'deal_shares' AND p.role IN ('account_executive', 'expansion_seller')))
LEFT JOIN contracts AS c ON c.contract_id = s.contract_id AND c.ended_on <= today()
LEFT JOIN milestones AS m ON m.customer_id = s.customer_id AND m.contract_id = s.contract_id AND m.kind = 'went_live' AND local_day(m.reached_at) <= today();

-- the account executives' two parts: target × curve of the quarter's attainment; all numbers are whole, fractions exact
CREATE TABLE part_pay AS
WITH quarters AS (
  SELECT d::DATE AS from_on, (d + INTERVAL 3 MONTH)::DATE AS to_on, month_of(d) AS period FROM generate_series(DATE '2024-01-01', today(), INTERVAL 3 MONTH) AS q(d)
),
under AS (
  SELECT p.person_id, q.period, q.to_on - q.from_on AS whole_days, least(p.to_on, q.to_on) - greatest(p.from_on, q.from_on) AS days,
    (p.fte * 10000)::BIGINT AS fte
  FROM posts AS p JOIN quarters AS q ON p.from_on < q.to_on AND q.from_on < p.to_on WHERE p.role = 'account_executive'
),
signed AS (
  SELECT person_id, period, sum(counted)::BIGINT AS counted, count(*) AS facts, max(known_at) AS known_at
  FROM credited WHERE role = 'account_executive' GROUP BY person_id, period
),
against AS (
  SELECT u.*, coalesce(counted, 0) AS counted, coalesce(facts, 0) AS facts, s.known_at,
    coalesce(counted, 0)::HUGEINT * whole_days AS n, (q.target * 100)::HUGEINT * days AS d
  FROM under AS u JOIN quotas AS q ON q.person_id = u.person_id AND month_of(q.from_on) = u.period
  LEFT JOIN signed AS s ON s.person_id = u.person_id AND s.period = u.period
),
curved AS (
  SELECT *, CASE WHEN 2 * n < d THEN 0 WHEN n < d THEN 2 * (2 * n - d) WHEN 2 * n < 3 * d THEN 5 * n - 3 * d ELSE 9 * d END AS f_n,
    CASE WHEN 2 * n < 3 * d THEN 2 * d ELSE 4 * d END AS f_d
  FROM against
)
SELECT person_id, period, part, days, counted, facts, known_at, d / whole_days / 100 AS base, n / d AS attainment,
  120 * tenths * fte / 10000.0 * days / whole_days * 10 AS target, f_n / f_d AS pays,
  half_even(1200000 * tenths::HUGEINT * fte * days * f_n, 100000::HUGEINT * whole_days * f_d)::BIGINT AS pay
FROM curved CROSS JOIN (VALUES ('new_business', 7), ('go_live', 3)) AS parts(part, tenths);

COPY (
  SELECT 'actual' AS scenario, 'account-executive' AS plan, '2024-01-01' AS version, part, person_id, period AS window_month,
    period, period AS settles, days, money(counted) AS counted, facts, known_at, base::DECIMAL(18, 6) AS base,
    attainment::DECIMAL(18, 9) AS attainment, target::DECIMAL(18, 6) AS target, pays::DECIMAL(18, 9) AS pays, money(pay) AS uncapped, money(pay) AS pay, '' AS missing
  FROM part_pay ORDER BY part, person_id, window_month, period
) TO '{out}/part_totals.parquet' (FORMAT parquet, COMPRESSION zstd);

-- one row per credited fact and part: its share of pay, what is released of it, what is taken back, and when
CREATE TABLE paid AS
WITH cumulated AS (
  SELECT *, sum(counted) OVER (PARTITION BY person_id, period ORDER BY on_day, fact_id, low) AS reached
  FROM credited WHERE role = 'account_executive'
),
shares AS (
  SELECT 'account-executive' AS plan, 'signed' AS credit_row, p.part, c.* EXCLUDE (reached), p.counted AS whole, p.pay AS whole_pay,
    p.base, p.attainment, p.target, p.pays,
    CASE WHEN p.counted = 0 THEN 0
      ELSE up(p.pay::HUGEINT * c.reached, p.counted) - up(p.pay::HUGEINT * (c.reached - c.counted), p.counted) END::BIGINT AS share
  FROM cumulated AS c JOIN part_pay AS p ON p.person_id = c.person_id AND p.period = c.period
  UNION ALL BY NAME
  SELECT 'expansion-seller' AS plan, 'signed' AS credit_row, 'expansions' AS part, *, half_even(counted * 3, 100) AS share
  FROM credited WHERE role = 'expansion_seller'
  UNION ALL BY NAME
  SELECT 'delivery-lead' AS plan, 'delivered' AS credit_row, 'live_in_time' AS part, *, half_even(counted * 5, 1000) AS share
  FROM credited WHERE role = 'delivery_lead'
),
counted_days AS (
  SELECT *, CASE WHEN live_on < on_day THEN 0 ELSE live_on - on_day END AS hold_days,
    CASE WHEN ended_on < on_day THEN 0 ELSE ended_on - on_day END AS left_days, today() - on_day AS age,
    CASE part WHEN 'go_live' THEN 180 WHEN 'live_in_time' THEN 120 END AS last_release
  FROM shares
),
fates AS (
  SELECT *,
    CASE WHEN part IN ('go_live', 'live_in_time') THEN CASE WHEN hold_days <= last_release THEN greatest(live_on, on_day)
      WHEN left_days <= last_release THEN greatest(ended_on, on_day) WHEN age > last_release THEN on_day + last_release + 1 END END AS hold_closed_on,
    CASE WHEN hold_days <= last_release // 2 THEN 2 WHEN hold_days <= last_release THEN 1 ELSE 0 END AS released_halves,
    CASE WHEN part <> 'new_business' OR end_reason IN ('we_ended_the_product', 'force_majeure') THEN 0
      WHEN left_days <= 90 THEN 10 WHEN left_days <= 180 THEN 6 WHEN left_days <= 365 THEN 3 ELSE 0 END AS taken_tenths,
    CASE WHEN part = 'new_business' THEN CASE WHEN left_days <= 365 THEN ended_on WHEN age > 365 THEN on_day + 366 END END AS safe_on
  FROM counted_days
)
SELECT *, half_even(share * released_halves, 2) AS let_go, half_even(share * taken_tenths, 10) AS taken
FROM fates;

CREATE TABLE moves AS
SELECT 'earned' AS movement, period AS belongs_to, on_day AS moved_on, NULL::BIGINT AS days, NULL::DECIMAL(18, 9) AS fraction,
  share AS amount, share AS earned, 0 AS held, 0 AS advanced, share AS payable, 0 AS recoverable, * FROM paid WHERE part = 'expansions'
UNION ALL
SELECT 'advanced', period, on_day, NULL, NULL, share, 0, 0, share, share, 0, * FROM paid WHERE part = 'new_business'
UNION ALL
SELECT 'taken_back', greatest(period, quarter_of(ended_on)), ended_on, left_days, taken_tenths / 10, -taken, 0, 0, -taken, 0, taken, *
FROM paid WHERE taken_tenths > 0
UNION ALL
SELECT 'earned', greatest(period, quarter_of(safe_on)), safe_on, NULL, NULL, share - taken, share - taken, 0, taken - share, 0, 0, *
FROM paid WHERE safe_on IS NOT NULL
UNION ALL
SELECT 'held', period, on_day, NULL, 1, share, 0, share, 0, 0, 0, * FROM paid WHERE part IN ('go_live', 'live_in_time')
UNION ALL
SELECT 'released', greatest(period, quarter_of(hold_closed_on)), hold_closed_on, hold_days, released_halves / 2,
  let_go, let_go, -let_go, 0, let_go, 0, * FROM paid WHERE hold_closed_on IS NOT NULL
UNION ALL
SELECT 'lapsed', greatest(period, quarter_of(hold_closed_on)), hold_closed_on, hold_closed_on - on_day, released_halves / 2,
  let_go - share, 0, let_go - share, 0, 0, 0, * FROM paid WHERE hold_closed_on IS NOT NULL;

CREATE TABLE recovered AS
WITH flows AS (
  SELECT person_id, belongs_to AS period, sum(recoverable) AS added, floor(sum(payable) * 0.25)::BIGINT AS room
  FROM moves WHERE role = 'account_executive' AND amount <> 0 GROUP BY person_id, belongs_to
),
summed AS (SELECT *, sum(added - room) OVER (PARTITION BY person_id ORDER BY period) AS s FROM flows),
balanced AS (SELECT *, s - least(0, min(s) OVER (PARTITION BY person_id ORDER BY period)) AS balance FROM summed)
SELECT person_id, period, (coalesce(lag(balance) OVER (PARTITION BY person_id ORDER BY period), 0) + added - balance)::BIGINT AS recovered
FROM balanced;

CREATE TABLE lines AS
WITH keyed AS (
  SELECT *, md5(concat_ws('|', 'actual', plan, '2024-01-01', part, person_id,
    CASE WHEN movement = 'advanced' THEN 'given' WHEN part = 'new_business' AND movement = 'earned' THEN 'kept' ELSE movement END,
    CASE WHEN part <> 'expansions' THEN belongs_to END, 'signed_annual_value', fact_id, credit_row, who,
    (low * 1000000000)::BIGINT)) AS line_key
  FROM moves WHERE amount <> 0
)
SELECT 'actual' AS scenario, person_id, belongs_to AS period, substr(line_key, 1, 16) AS line_id, line_key, 'open' AS status, plan,
  '2024-01-01' AS version, part, CASE part WHEN 'go_live' THEN 'customer_outcome' WHEN 'live_in_time' THEN 'speed' ELSE 'sale' END AS rewards,
  belongs_to, movement,
  CASE WHEN movement = 'released' THEN 'released' WHEN movement = 'taken_back' THEN 'taken back' WHEN movement = 'lapsed' THEN 'lapsed'
       WHEN movement = 'earned' AND advanced < 0 THEN 'kept' ELSE 'new' END AS reason,
  currency, money(amount_) AS amount, money(earned) AS earned, money(held) AS held, money(advanced) AS advanced, money(payable) AS payable,
  money(recoverable) AS recoverable, 'signed_annual_value' AS measure, fact_id, credit_row, customer_id, contract_id, on_day AS fact_on,
  moved_on AS on_day, days, period_ AS window_month, period_ AS plan_period, money(counted) AS counted, 1::BIGINT AS facts, money(share) AS share,
  fraction, money(whole) AS window_counted, base::DECIMAL(18, 6) AS base, attainment::DECIMAL(18, 9) AS attainment,
  target::DECIMAL(18, 6) AS target, pays::DECIMAL(18, 9) AS pays, money(whole_pay) AS part_pay, 0::DECIMAL(18, 4) AS settled, '' AS corrects, known_at
FROM (SELECT * RENAME (period AS period_, amount AS amount_) FROM (SELECT * EXCLUDE (amount_) FROM (SELECT *, amount AS amount_ FROM keyed)))
UNION ALL BY NAME
SELECT 'actual' AS scenario, person_id, period, substr(line_key, 1, 16) AS line_id, line_key, 'open' AS status, 'account-executive' AS plan,
  '2024-01-01' AS version, '' AS part, '' AS rewards, period AS belongs_to, 'recovered' AS movement, 'recovered' AS reason, 'EUR' AS currency,
  money(-recovered) AS amount, money(0) AS earned, money(0) AS held, money(0) AS advanced, money(-recovered) AS payable,
  money(-recovered) AS recoverable, '' AS measure, '' AS fact_id, '' AS credit_row, '' AS customer_id, '' AS contract_id,
  0::DECIMAL(18, 4) AS settled, '' AS corrects
FROM (SELECT *, md5(concat_ws('|', 'actual', person_id, 'EUR', period, 'recovered')) AS line_key FROM recovered WHERE recovered <> 0);

COPY (SELECT * FROM lines ORDER BY scenario, person_id, period, line_id)
TO '{out}/pay_lines.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT scenario, person_id, plan, version, part, period, max(rewards) AS rewards, min(status) AS status, max(currency) AS currency,
    sum(earned)::DECIMAL(18, 4) AS earned, sum(held)::DECIMAL(18, 4) AS held, sum(advanced)::DECIMAL(18, 4) AS advanced,
    coalesce(sum(amount) FILTER (movement = 'released'), 0)::DECIMAL(18, 4) AS released,
    coalesce(-sum(amount) FILTER (movement = 'taken_back'), 0)::DECIMAL(18, 4) AS taken_back,
    coalesce(-sum(amount) FILTER (movement = 'recovered'), 0)::DECIMAL(18, 4) AS recovered,
    sum(payable)::DECIMAL(18, 4) AS payable, count(*) AS lines
  FROM lines GROUP BY scenario, person_id, plan, version, part, period ORDER BY scenario, person_id, plan, version, part, period
) TO '{out}/pay_totals.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'actual' AS scenario, plan, '2024-01-01' AS version, part, person_id, 'counted' AS use, 'signed_annual_value' AS measure, fact_id,
    credit_row, who, low, high, period AS window_month, period, on_day, customer_id, contract_id, amount, currency,
    money(counted) AS counted, money(share) AS pay, known_at
  FROM paid ORDER BY scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
) TO '{out}/pay_trace.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT * FROM (
    SELECT scenario, person_id, period, line_id AS entry_id, account, status, movement, plan, version, part, belongs_to, currency,
      customer_id, contract_id, CASE account WHEN 'earned' THEN earned WHEN 'held' THEN -held
        WHEN 'advanced' THEN held + payable - earned - recoverable WHEN 'payable' THEN -payable ELSE recoverable END AS amount
    FROM lines CROSS JOIN (VALUES ('earned'), ('held'), ('advanced'), ('payable'), ('recoverable')) AS a(account)
  ) WHERE amount <> 0 ORDER BY scenario, person_id, period, entry_id, account
) TO '{out}/journal.parquet' (FORMAT parquet, COMPRESSION zstd);
