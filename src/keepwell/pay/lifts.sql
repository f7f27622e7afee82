-- one row per movement that belongs to a period's whole pay and to no part: what is paid on top (guarantee, transition,
-- draw), what falls due of a draw, what is written off. Whatever the run and the version of the plan, the same movement has
-- the same line_key, so that what was settled can be subtracted from it.
-- key: line_key
-- gives:
--   line_key text          names the movement
--   scenario text          actual, or a what-if
--   person_id text         who is paid
--   plan text              the plan
--   version text           its version
--   belongs_to integer     first month of the settlement period in which it falls
--   movement text          guaranteed, transition, drawn, draw_due, forgiven
--   period integer         the plan's period
--   amount money           how much moves
--   earned money           added to what is earned
--   payable money          added to what is payable
--   recoverable money      added to what is to be recovered
--   draw money             added to what was drawn and is not yet due
--   counted money          what the period pays before it is lifted
--   lifted_to money        to what it is lifted; of what falls due: the draw, above which it is recovered
--   balance money          what is owed of the draw after the period; null of what is never recovered
--   known_at timestamp     when we learned the last of what it rests on
WITH moves AS (
  SELECT
    l.*, k.movement,
    CASE k.movement WHEN 'guaranteed' THEN guaranteed WHEN 'transition' THEN transition WHEN 'drawn' THEN drawn
      WHEN 'draw_due' THEN due ELSE forgiven END AS moved,
    CASE k.movement WHEN 'guaranteed' THEN guaranteed_to WHEN 'transition' THEN old_pay ELSE draw_to END AS lifted_to,
    k.movement = 'guaranteed' OR k.movement = 'transition' OR (k.movement = 'drawn' AND free_draw) AS free
  FROM lifted_periods AS l
  CROSS JOIN (VALUES ('guaranteed'), ('transition'), ('drawn'), ('draw_due'), ('forgiven')) AS k(movement)
)
SELECT
  md5(concat_ws('|', scenario, plan, person_id, currency, movement, CAST(period AS VARCHAR))) AS line_key,
  scenario, person_id, plan, version, settles AS belongs_to, movement, period,
  CAST(CASE WHEN movement = 'draw_due' THEN -moved ELSE moved END AS DECIMAL(18, 4)) AS amount,
  CAST(CASE WHEN free OR movement = 'forgiven' THEN moved ELSE 0 END AS DECIMAL(18, 4)) AS earned,
  CAST(CASE WHEN free OR movement = 'drawn' THEN moved ELSE 0 END AS DECIMAL(18, 4)) AS payable,
  CAST(CASE WHEN movement = 'draw_due' THEN moved ELSE 0 END AS DECIMAL(18, 4)) AS recoverable,
  CAST(CASE WHEN movement = 'drawn' AND NOT free THEN moved WHEN movement IN ('draw_due', 'forgiven') THEN -moved ELSE 0 END
    AS DECIMAL(18, 4)) AS draw,
  pay AS counted, lifted_to, CASE WHEN free THEN NULL ELSE owed END AS balance, known_at
FROM moves
WHERE moved <> 0 OR (lifted_to IS NOT NULL AND movement <> 'forgiven')
