-- one row per movement of a fact's share of pay in a settlement period: put on hold, released, lapsed, advanced, taken
-- back, earned for good. Each kind of movement has a value that follows from the fact's share, and a settlement period
-- from which it counts (`counts_from`: null never, 0 always). At a look it moves by what its value changed since the look
-- before; if it starts to count between this look and the next, it moves then, by all of its value.
-- key: scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, belongs_to, movement, kind
-- per: person_id of fact_shares
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
--   belongs_to integer     first month of the settlement period in which it falls
--   movement text          earned, held, released, lapsed, advanced, taken_back
--   kind text              the kind of movement, more finely
--   window_month integer   the window's first month
--   period integer         the period whose evaluation gave the fact's share
--   customer_id text       '' none
--   contract_id text       '' none
--   fact_on date           the fact's day
--   on_day date            the day of what moved it
--   days integer           days from the fact to that
--   amount money           how much moves
--   earned money           added to what is earned
--   held money             added to what is held
--   advanced money         added to what is advanced
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   counted money          what the fact counted for the person
--   share money            its share of the part's pay
--   fraction share         of that share, what this movement is of; null all
--   known_at timestamp     when we learned the last of what it rests on
WITH last_release AS (
  SELECT scenario, plan, version, part, max(CASE WHEN share > 0 THEN coalesce(to_day, 1000000) ELSE -1 END) AS last_day
  FROM plan_schedules
  WHERE kind = 'hold'
  GROUP BY scenario, plan, version, part
),
dated AS (
  SELECT
    f.*, p.hold_share, p.hold_certain, p.takes_back, p.take_back_ends, v.rounding_to, g.year_starts, g.closes_months,
    -- less than the last place of a quotient: it decides ties, and nothing else
    CASE WHEN NOT v.half_up THEN CAST(0 AS DECIMAL(14, 13)) WHEN f.share < 0 THEN CAST(-0.0000000000005 AS DECIMAL(14, 13))
      ELSE CAST(0.0000000000005 AS DECIMAL(14, 13)) END AS nudge,
    CASE WHEN NOT v.half_up THEN CAST(0 AS DECIMAL(14, 13)) WHEN f.before < 0 THEN CAST(-0.0000000000005 AS DECIMAL(14, 13))
      ELSE CAST(0.0000000000005 AS DECIMAL(14, 13)) END AS before_nudge,
    c.on_day AS left_on, c.known_at AS left_known_at, coalesce(o.known_at, m.known_at) AS reached_known_at,
    CASE WHEN p.holds_lost THEN w.left_on END AS lost_on, CASE WHEN p.advances_earned THEN w.left_on END AS spared_on,
    p.hold_until_on IS NOT NULL OR p.hold_until = 'paid' AS outlasts,
    CASE WHEN p.takes_back AND c.on_day IS NOT NULL AND (NOT p.advances_earned OR w.left_on IS NULL OR c.on_day < w.left_on)
      AND (p.take_back_not_for = '' OR NOT p.take_back_not_for LIKE concat('%,', c.reason, ',%')) THEN 1 ELSE 0 END AS taken,
    CASE
      WHEN p.holds_lost AND w.left_on < coalesce(p.hold_until_on, coalesce(o.on_day, m.on_day)) THEN NULL
      WHEN p.hold_until_on IS NOT NULL THEN CASE WHEN p.hold_until_on <= g.today THEN p.hold_until_on END
      WHEN p.hold_until = 'paid' OR c.on_day IS NULL OR coalesce(o.on_day, m.on_day) <= c.on_day
        THEN coalesce(o.on_day, m.on_day) END AS reached_on,
    date_diff('day', f.on_day, g.today) AS age, coalesce(r.last_day, -1) AS last_release
  FROM fact_shares AS f
  JOIN plan_parts AS p ON p.scenario = f.scenario AND p.plan = f.plan AND p.version = f.version AND p.part = f.part
  JOIN plan_versions AS v ON v.scenario = f.scenario AND v.plan = f.plan AND v.version = f.version
  CROSS JOIN run_settings AS g
  LEFT JOIN last_release AS r ON r.scenario = f.scenario AND r.plan = f.plan AND r.version = f.version AND r.part = f.part
  LEFT JOIN contract_fates AS c ON c.kind = 'left' AND c.contract_id = f.contract_id AND f.contract_id <> ''
  LEFT JOIN contract_fates AS o ON o.kind = p.hold_until AND o.contract_id = f.contract_id AND f.contract_id <> ''
  LEFT JOIN contract_fates AS m ON m.kind = p.hold_until AND m.customer_id = f.customer_id AND m.contract_id = ''
    AND m.on_day >= f.on_day
  LEFT JOIN people AS w ON w.person_id = f.person_id AND (p.holds_lost OR p.advances_earned) AND w.left_on <= g.today
),
counted AS (
  SELECT
    dated.*,
    greatest(date_diff('day', on_day, reached_on), 0) AS hold_days,
    greatest(date_diff('day', on_day, left_on), 0) AS left_days,
    CASE WHEN hold_share = 0 THEN NULL
      WHEN reached_on IS NOT NULL AND date_diff('day', on_day, reached_on) <= last_release THEN greatest(reached_on, on_day)
      WHEN lost_on IS NOT NULL THEN least(greatest(lost_on, on_day), coalesce(
        CASE WHEN left_on IS NOT NULL AND NOT outlasts AND date_diff('day', on_day, left_on) <= last_release
            THEN greatest(left_on, on_day)
          WHEN age > last_release THEN on_day + CAST(last_release + 1 AS INTEGER) END, greatest(lost_on, on_day)))
      WHEN left_on IS NOT NULL AND NOT outlasts AND date_diff('day', on_day, left_on) <= last_release
        THEN greatest(left_on, on_day)
      WHEN age > last_release THEN on_day + CAST(last_release + 1 AS INTEGER) END AS hold_closed_on,
    CASE WHEN NOT takes_back THEN NULL
      WHEN spared_on IS NOT NULL AND date_diff('day', on_day, spared_on) <= take_back_ends
        AND (left_on IS NULL OR spared_on <= left_on) THEN greatest(spared_on, on_day)
      WHEN left_on IS NOT NULL AND date_diff('day', on_day, left_on) <= take_back_ends THEN greatest(left_on, on_day)
      WHEN age > take_back_ends THEN on_day + CAST(take_back_ends + 1 AS INTEGER) END AS safe_on
  FROM dated
),
scheduled AS (
  SELECT
    c.*,
    CASE WHEN c.reached_on IS NULL THEN 0 ELSE coalesce(h.share, 0) END AS released_share,
    CASE WHEN c.taken = 0 THEN 0 ELSE coalesce(b.share, 0) END AS taken_share,
    year(c.hold_closed_on) * 12 + month(c.hold_closed_on) - 1 AS hold_month,
    year(c.left_on) * 12 + month(c.left_on) - 1 AS left_month,
    year(c.safe_on) * 12 + month(c.safe_on) - 1 AS safe_month
  FROM counted AS c
  LEFT JOIN plan_schedules AS h ON h.scenario = c.scenario AND h.plan = c.plan AND h.version = c.version
    AND h.part = c.part AND h.kind = 'hold' AND c.hold_days >= h.from_day AND (h.to_day IS NULL OR c.hold_days <= h.to_day)
  LEFT JOIN plan_schedules AS b ON b.scenario = c.scenario AND b.plan = c.plan AND b.version = c.version
    AND b.part = c.part AND b.kind = 'take_back' AND c.left_days >= b.from_day
    AND (b.to_day IS NULL OR c.left_days <= b.to_day)
),
settled AS (
  SELECT
    s.*,
    hold_month - mod(hold_month - (year_starts - 1), closes_months) AS hold_settles,
    left_month - mod(left_month - (year_starts - 1), closes_months) AS left_settles,
    safe_month - mod(safe_month - (year_starts - 1), closes_months) AS safe_settles,
    CASE WHEN hold_share = 1 THEN share WHEN hold_share = 0 THEN 0
      ELSE round_even(quotient(CAST(share AS DECIMAL(38, 4)) * hold_share, rounding_to) + nudge, 0) * rounding_to END AS on_hold,
    CASE WHEN hold_share = 1 THEN before WHEN hold_share = 0 THEN 0
      ELSE round_even(quotient(CAST(before AS DECIMAL(38, 4)) * hold_share, rounding_to) + before_nudge, 0) * rounding_to END AS before_on_hold
  FROM scheduled AS s
),
released AS (
  SELECT
    settled.*,
    CASE WHEN released_share = 1 THEN on_hold WHEN released_share = 0 THEN 0
      ELSE round_even(quotient(CAST(on_hold AS DECIMAL(38, 4)) * released_share, rounding_to) + nudge, 0) * rounding_to END AS let_go,
    CASE WHEN released_share = 1 THEN before_on_hold WHEN released_share = 0 THEN 0
      ELSE round_even(quotient(CAST(before_on_hold AS DECIMAL(38, 4)) * released_share, rounding_to) + before_nudge, 0) * rounding_to END
      AS before_let_go
  FROM settled
),
taken AS (
  SELECT
    released.*,
    share - on_hold + let_go AS given, before - before_on_hold + before_let_go AS before_given,
    CASE WHEN taken_share = 1 THEN share - on_hold + let_go WHEN taken_share = 0 THEN 0
      ELSE round_even(quotient(CAST(share - on_hold + let_go AS DECIMAL(38, 4)) * taken_share, rounding_to) + nudge, 0) * rounding_to
      END AS back,
    CASE WHEN taken_share = 1 THEN before - before_on_hold + before_let_go WHEN taken_share = 0 THEN 0
      ELSE round_even(quotient(CAST(before - before_on_hold + before_let_go AS DECIMAL(38, 4)) * taken_share, rounding_to) + before_nudge, 0)
        * rounding_to END AS before_back,
    coalesce(hold_settles > safe_settles, false) AS hold_is_later
  FROM released
),
kinds AS (
  SELECT
    taken.*, k.kind,
    CASE k.kind
      WHEN 'given' THEN 0
      WHEN 'held' THEN 0
      WHEN 'released' THEN hold_settles
      WHEN 'lapsed' THEN hold_settles
      WHEN 'taken_back' THEN left_settles
      WHEN 'kept' THEN safe_settles
      WHEN 'kept_later' THEN CASE WHEN hold_is_later THEN hold_settles END
    END AS counts_from,
    CASE k.kind
      WHEN 'given' THEN share - on_hold
      WHEN 'held' THEN on_hold
      WHEN 'released' THEN let_go
      WHEN 'lapsed' THEN on_hold - let_go
      WHEN 'taken_back' THEN back
      WHEN 'kept' THEN CASE WHEN hold_is_later THEN given - let_go - back ELSE given - back END
      WHEN 'kept_later' THEN let_go
    END AS value,
    CASE k.kind
      WHEN 'given' THEN before - before_on_hold
      WHEN 'held' THEN before_on_hold
      WHEN 'released' THEN before_let_go
      WHEN 'lapsed' THEN before_on_hold - before_let_go
      WHEN 'taken_back' THEN before_back
      WHEN 'kept' THEN CASE WHEN hold_is_later THEN before_given - before_let_go - before_back ELSE before_given - before_back END
      WHEN 'kept_later' THEN before_let_go
    END AS before_value
  FROM taken
  CROSS JOIN (VALUES ('given'), ('held'), ('released'), ('lapsed'), ('taken_back'), ('kept'), ('kept_later')) AS k(kind)
  WHERE (k.kind = 'given' AND hold_share < 1) OR (k.kind IN ('held', 'released', 'lapsed') AND hold_share > 0)
    OR (k.kind IN ('taken_back', 'kept', 'kept_later') AND takes_back)
),
moved AS (
  SELECT
    kinds.*,
    greatest(counts_from, settles) AS belongs_to,
    CASE
      WHEN counts_from < settles THEN value - before_value
      WHEN next_settles IS NULL OR counts_from < next_settles THEN value
      ELSE 0
    END AS amount
  FROM kinds
  WHERE counts_from IS NOT NULL
)
SELECT
  scenario, plan, version, part, person_id, measure, fact_id, credit_row, who, low, CAST(belongs_to AS BIGINT) AS belongs_to,
  CASE kind WHEN 'given' THEN CASE WHEN takes_back THEN 'advanced' ELSE 'earned' END
    WHEN 'kept' THEN 'earned' WHEN 'kept_later' THEN 'earned' ELSE kind END AS movement,
  kind, window_month, period, customer_id, contract_id, on_day AS fact_on,
  CASE kind WHEN 'given' THEN on_day WHEN 'held' THEN on_day WHEN 'taken_back' THEN left_on WHEN 'kept' THEN safe_on
    ELSE hold_closed_on END AS on_day,
  CASE kind WHEN 'released' THEN hold_days WHEN 'lapsed' THEN date_diff('day', moved.on_day, hold_closed_on)
    WHEN 'taken_back' THEN left_days END AS days,
  CAST(CASE WHEN kind IN ('taken_back', 'lapsed') THEN -amount ELSE amount END AS DECIMAL(18, 4)) AS amount,
  CAST(CASE
    WHEN kind IN ('kept', 'kept_later') OR (kind = 'given' AND NOT takes_back) THEN amount
    WHEN kind = 'held' AND hold_certain AND NOT takes_back THEN amount
    WHEN kind = 'released' AND NOT hold_certain AND NOT takes_back THEN amount
    WHEN kind = 'lapsed' AND hold_certain AND NOT takes_back THEN -amount
    ELSE 0 END AS DECIMAL(18, 4)) AS earned,
  CAST(CASE WHEN kind = 'held' THEN amount WHEN kind IN ('released', 'lapsed') THEN -amount ELSE 0 END AS DECIMAL(18, 4))
    AS held,
  CAST(CASE
    WHEN kind IN ('given', 'released') AND takes_back THEN amount
    WHEN kind IN ('taken_back', 'kept', 'kept_later') THEN -amount
    ELSE 0 END AS DECIMAL(18, 4)) AS advanced,
  CAST(CASE WHEN kind IN ('given', 'released') THEN amount ELSE 0 END AS DECIMAL(18, 4)) AS payable,
  CAST(CASE WHEN kind = 'taken_back' THEN amount ELSE 0 END AS DECIMAL(18, 4)) AS recoverable,
  counted, share,
  CAST(CASE kind WHEN 'held' THEN hold_share WHEN 'released' THEN released_share WHEN 'lapsed' THEN released_share
    WHEN 'taken_back' THEN taken_share END AS DECIMAL(18, 9)) AS fraction,
  CASE kind WHEN 'released' THEN greatest(known_at, reached_known_at) WHEN 'taken_back' THEN greatest(known_at, left_known_at)
    ELSE known_at END AS known_at
FROM moved
WHERE amount <> 0
