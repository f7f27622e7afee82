-- one row per stay of a customer in a stage: a new one starts when the stage of an event differs from the one before.
-- Which of two events of one moment, place and step comes first changes nothing here: they have the same stage, or the
-- stage decides.
-- key: customer_no, seq
-- gives:
--   customer_no integer     whose stay
--   seq integer             the first, second, … stay
--   stage text!             where
--   entered_at timestamp!   its first event
--   next_stage text         where to; null: still there
--   next_at timestamp       the first event there
--   events integer!         how many events it had
WITH lined_up AS (
  SELECT
    events.customer_no,
    events.stage,
    events.at AS moment,
    row_number() OVER (PARTITION BY events.customer_no ORDER BY events.at, events.place, events.seq, events.stage) AS nth,
    lag(events.stage) OVER (PARTITION BY events.customer_no ORDER BY events.at, events.place, events.seq, events.stage) AS before
  FROM events
),
entries AS (
  SELECT lined_up.customer_no, lined_up.stage, lined_up.moment, lined_up.nth
  FROM lined_up
  WHERE lined_up.before IS NULL OR lined_up.before <> lined_up.stage
),
totals AS (
  SELECT events.customer_no, count(*) AS events FROM events GROUP BY events.customer_no
)
SELECT
  entries.customer_no,
  row_number() OVER (PARTITION BY entries.customer_no ORDER BY entries.nth) AS seq,
  entries.stage,
  entries.moment AS entered_at,
  lead(entries.stage) OVER (PARTITION BY entries.customer_no ORDER BY entries.nth) AS next_stage,
  lead(entries.moment) OVER (PARTITION BY entries.customer_no ORDER BY entries.nth) AS next_at,
  coalesce(
    lead(entries.nth) OVER (PARTITION BY entries.customer_no ORDER BY entries.nth), totals.events + 1
  ) - entries.nth AS events
FROM entries
JOIN totals ON totals.customer_no = entries.customer_no
