-- one row per person, part paid on objectives, evaluation of its window, and objective whose last day lies in it
-- key: scenario, plan, version, part, person_id, window_month, period, objective, from_on
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   part text              the part
--   person_id text         who is paid
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   objective text         the goal
--   from_on date           its first day
--   to_on date             the first day after
--   weight share           as recorded; null none
--   score share            how far it was reached; null: not scored yet
--   scored_by text         who says so; '' nobody known
--   scored_on date         when
--   source text            which source wrote the row
--   source_file text       the file or query it came from
--   source_row integer     its row there
SELECT
  a.scenario, a.plan, a.version, a.part, a.person_id, a.window_month, a.period, o.objective, o.from_on, o.to_on, o.weight,
  o.score, coalesce(o.scored_by, '') AS scored_by, o.scored_on, o.source, o.source_file, o.source_row
FROM evidence_asked AS a
JOIN objectives AS o ON o.person_id = a.person_id
  AND a.first_month <= year(o.to_on - 1) * 12 + month(o.to_on - 1) - 1
  AND year(o.to_on - 1) * 12 + month(o.to_on - 1) - 1 <= a.last_month
WHERE a.measure = 'objectives' AND o.to_on IS NOT NULL
