-- one row per part whose pay takes more than its shape and the limits of its window, or that belongs to such a part. Few
-- plans have one: where there is none, nothing of what rests on these is computed.
-- key: scenario, plan, version, part
-- gives:
--   scenario text    actual, or a what-if
--   plan text        the plan
--   version text     its version
--   part text        the part
SELECT scenario, plan, version, part
FROM plan_parts
WHERE adjusted OR for_part <> ''
