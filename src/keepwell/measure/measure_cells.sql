-- one row per measure and market, stage and month, or person, team and month (and, of times, each duration): sums of what
-- was observed, which add up to any unit and period. `counts_in` says in which roll-ups a row counts: whole (company,
-- segment, region, stage), people (persons, teams, departments), or only one of these three, where several people stand
-- behind one observation.
-- key: measure, counts_in, person_no, team_id, department, segment, region, stage, month, duration, outcome
-- kept: yes
-- gives:
--   measure text        the measure
--   counts_in text      whole, people, person, team or department
--   person_no integer   the person's place in the order of ids; 0 nobody
--   person_id text!     '' nobody
--   team_id text        '' none
--   department text     '' none
--   segment text        '' none
--   region text         '' none
--   stage text          '' none
--   month integer       year × 12 + month − 1
--   duration integer    in minutes or days, as the measure says; -1: none
--   outcome integer     1 it happened, 0 not yet, 2 it cannot any more; -1: none
--   n integer!          rows observed
--   a number!           what the measure's model calls a, summed
--   b number!           b, summed
--   c number!           c, summed
WITH names AS (
  SELECT DISTINCT people_by_day.person_no, people_by_day.person_id FROM people_by_day WHERE people_by_day.person_no > 0
)
SELECT
  measure_sums.measure,
  measure_sums.counts_in,
  measure_sums.person_no,
  coalesce(names.person_id, '') AS person_id,
  measure_sums.team_id,
  measure_sums.department,
  measure_sums.segment,
  measure_sums.region,
  measure_sums.stage,
  measure_sums.month,
  measure_sums.duration,
  measure_sums.outcome,
  measure_sums.n,
  measure_sums.a,
  measure_sums.b,
  measure_sums.c
FROM measure_sums
LEFT JOIN names ON names.person_no = measure_sums.person_no
WHERE measure_sums.counts_in <> 'customer'
