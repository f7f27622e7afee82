-- one row per credited fact of a part that holds or takes back: what became of its contract, and what that does to pay
-- key: scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   measure text           the amount measure
--   fact_id text           the fact
--   credit_row text        the plan's row of credit
--   who text               deal_shares, owner, or a role
--   low share              where the person's share of the fact begins
--   on_day date            the fact's day, from which days are counted
--   reached_on date        the milestone that the hold waits for; null not (yet)
--   ended_on date          the customer left; null not (yet)
--   end_reason text        why; '' unknown
--   hold_closed_on date    the hold is decided: reached, or too late; null still open
--   released_share share   what of the hold is released then
--   hold_days integer      days from the fact to the milestone
--   left_days integer      days from the fact to the customer's leaving
--   taken_share share      what is taken back then; 0 nothing
--   safe_on date           the first day on which nothing can be taken back any more; null not (yet)
--   left_known_at timestamp     when we learned that the customer left
--   reached_known_at timestamp  when we learned of the milestone
WITH facts AS (
  SELECT DISTINCT
    f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id, f.credit_row, f.who, f.low,
    f.on_day, f.customer_id, f.contract_id, p.hold_until, p.hold_share, p.takes_back, p.take_back_ends,
    p.take_back_not_for, s.today
  FROM fact_shares AS f
  JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
  CROSS JOIN run_settings AS s
),
reached AS (
  SELECT
    m.customer_id, m.contract_id, m.kind, m.known_at,
    CASE WHEN m.reached_at < l.first_at THEN l.before_on WHEN m.reached_at < l.second_at THEN l.between_on
      ELSE l.after_on END AS on_day
  FROM milestones AS m
  JOIN local_days AS l ON l.day = CAST(m.reached_at AS DATE)
),
waited AS (
  SELECT
    f.*, r.on_day AS reached_day, r.known_at AS reached_known_at, c.ended_on AS left_day, coalesce(c.end_reason, '') AS end_reason,
    c.known_at AS left_known_at,
    row_number() OVER (PARTITION BY f.scenario, f.plan, f.version, f.part, f.person_id, f.measure, f.fact_id,
      f.credit_row, f.who, f.low ORDER BY r.contract_id DESC NULLS LAST, r.on_day NULLS LAST) AS place
  FROM facts AS f
  LEFT JOIN reached AS r ON r.customer_id = f.customer_id AND r.kind = f.hold_until AND r.on_day <= f.today
    AND (r.contract_id = f.contract_id OR (r.contract_id = '' AND r.on_day >= f.on_day))
  LEFT JOIN contracts AS c ON c.contract_id = f.contract_id AND f.contract_id <> '' AND c.ended_on <= f.today
),
counted AS (
  SELECT
    waited.*,
    CASE WHEN left_day IS NULL OR reached_day <= left_day THEN reached_day END AS reached_on,
    left_day AS ended_on,
    greatest(date_diff('day', on_day, CASE WHEN left_day IS NULL OR reached_day <= left_day THEN reached_day END), 0)
      AS hold_days,
    greatest(date_diff('day', on_day, left_day), 0) AS left_days,
    date_diff('day', on_day, today) AS age
  FROM waited
  WHERE place = 1
),
last_release AS (
  SELECT scenario, plan, version, part,
    max(CASE WHEN share > 0 THEN coalesce(to_day, 1000000) ELSE -1 END) AS last_day
  FROM plan_schedules
  WHERE kind = 'hold'
  GROUP BY scenario, plan, version, part
)
SELECT
  c.scenario, c.plan, c.version, c.part, c.person_id, c.measure, c.fact_id, c.credit_row, c.who, c.low, c.on_day,
  c.reached_on, c.ended_on, c.end_reason,
  CASE WHEN c.hold_share = 0 THEN NULL
    WHEN c.reached_on IS NOT NULL THEN c.reached_on
    WHEN c.ended_on IS NOT NULL THEN c.ended_on
    WHEN c.age > r.last_day THEN c.on_day + CAST(r.last_day + 1 AS INTEGER) END AS hold_closed_on,
  CAST(CASE WHEN c.reached_on IS NOT NULL THEN coalesce(h.share, 0) ELSE 0 END AS DECIMAL(18, 9)) AS released_share,
  CAST(c.hold_days AS BIGINT) AS hold_days, CAST(c.left_days AS BIGINT) AS left_days,
  CAST(CASE WHEN c.takes_back AND c.ended_on IS NOT NULL
      AND NOT c.take_back_not_for LIKE concat('%,', c.end_reason, ',%') THEN coalesce(b.share, 0)
    ELSE 0 END AS DECIMAL(18, 9)) AS taken_share,
  CASE WHEN NOT c.takes_back THEN NULL
    WHEN c.ended_on IS NOT NULL AND c.left_days <= c.take_back_ends THEN c.ended_on
    WHEN c.age > c.take_back_ends THEN c.on_day + CAST(c.take_back_ends + 1 AS INTEGER) END AS safe_on,
  c.left_known_at, c.reached_known_at
FROM counted AS c
LEFT JOIN last_release AS r ON r.scenario = c.scenario AND r.plan = c.plan AND r.version = c.version AND r.part = c.part
LEFT JOIN plan_schedules AS h ON h.scenario = c.scenario AND h.plan = c.plan AND h.version = c.version
  AND h.part = c.part AND h.kind = 'hold' AND c.hold_days >= h.from_day
  AND (h.to_day IS NULL OR c.hold_days <= h.to_day)
LEFT JOIN plan_schedules AS b ON b.scenario = c.scenario AND b.plan = c.plan AND b.version = c.version
  AND b.part = c.part AND b.kind = 'take_back' AND c.left_days >= b.from_day
  AND (b.to_day IS NULL OR c.left_days <= b.to_day)
