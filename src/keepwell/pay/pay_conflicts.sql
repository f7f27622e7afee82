-- one row per pair of claims on one person that share a day: two plans, or one plan by two positions at once. On these
-- days neither pays
-- key: scenario, person_id, plan, version, from_on, other_plan, other_version, other_from_on
-- kept: yes
-- gives:
--   scenario text          actual, or a what-if
--   person_id text         who is claimed twice
--   plan text              one plan
--   version text           its version
--   from_on date           first day of its claim
--   other_plan text        the other plan
--   other_version text     its version
--   other_from_on date     first day of its claim
--   clash_from_on date     first day that both claim
--   clash_to_on date       first day after
SELECT
    a.scenario, a.person_id, a.plan, a.version, a.from_on,
    b.plan AS other_plan, b.version AS other_version, b.from_on AS other_from_on,
    greatest(a.from_on, b.from_on) AS clash_from_on, least(a.to_on, b.to_on) AS clash_to_on
FROM claimed AS a
JOIN claimed AS b ON b.scenario = a.scenario AND b.person_id = a.person_id
    AND a.from_on < b.to_on AND b.from_on < a.to_on
    AND (a.plan < b.plan OR (a.plan = b.plan AND (a.version < b.version
        OR (a.version = b.version AND a.from_on < b.from_on))))
