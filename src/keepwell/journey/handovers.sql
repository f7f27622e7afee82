-- one row per pair of departments and stage: how often the customers' journeys went from the one's hands to the
-- other's there. Events of nobody known do not interrupt.
-- key: from_department, to_department, stage
-- kept: yes
-- gives:
--   from_department text    who had to do with the customer before
--   to_department text      who had next
--   stage text              the stage in which the second one came
--   count integer!          how many times
--   customers integer!      for how many customers
--   mean_hours number!      hours between the last event of the one and the first of the other, on average
WITH lined_up AS (
  SELECT
    events.customer_no,
    events.stage,
    events.department,
    events.at AS moment,
    lag(events.department) OVER (
      PARTITION BY events.customer_no ORDER BY events.at, events.place, events.seq, events.department, events.stage
    ) AS before,
    lag(events.at) OVER (
      PARTITION BY events.customer_no ORDER BY events.at, events.place, events.seq, events.department, events.stage
    ) AS moment_before
  FROM events
  WHERE events.department <> ''
)
SELECT
  lined_up.before AS from_department,
  lined_up.department AS to_department,
  lined_up.stage,
  count(*) AS count,
  count(DISTINCT lined_up.customer_no) AS customers,
  CAST(round_even(quotient(
    sum(epoch_us(lined_up.moment) - epoch_us(lined_up.moment_before)), count(*) * 3600000000
  ), 6) AS DECIMAL(18, 6)) AS mean_hours
FROM lined_up
WHERE lined_up.before <> lined_up.department
GROUP BY lined_up.before, lined_up.department, lined_up.stage
