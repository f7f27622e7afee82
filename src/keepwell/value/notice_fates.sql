-- one row per day of valuing: what had become by then of the contracts of which notice was given
-- key: at_on
-- gives:
--   at_on date        the day of valuing
--   stayed integer!   contracts that were renewed after the notice
--   gone integer!     contracts that were ended, or whose term was over for longer than the window `lapse`
WITH fates AS (
  SELECT
    value_moments.at_on,
    contract_notices.renewed_on IS NOT NULL AND contract_notices.renewed_on < value_moments.before_on AS stayed,
    contract_notices.answered_on < value_moments.before_on AS gone
  FROM contract_notices
  CROSS JOIN value_moments
  WHERE contract_notices.from_on < value_moments.before_on
)
SELECT
  fates.at_on,
  count(CASE WHEN fates.stayed THEN 1 END) AS stayed,
  count(CASE WHEN fates.gone AND NOT fates.stayed THEN 1 END) AS gone
FROM fates
GROUP BY fates.at_on
