-- one row per day of valuing: what had become by then of the contracts of which notice was given
-- key: at_on
-- gives:
--   at_on date        the day of valuing
--   stayed integer!   contracts that were renewed after the notice
--   gone integer!     contracts that were ended, or whose term was over
WITH renewals AS (
  SELECT valued_contracts.renews_id AS contract_id, min(valued_contracts.starts_on) AS next_on
  FROM valued_contracts
  WHERE valued_contracts.renews_id <> ''
    AND (valued_contracts.ended_on IS NULL OR valued_contracts.starts_on < valued_contracts.ended_on)
  GROUP BY valued_contracts.renews_id
),
fates AS (
  SELECT
    value_moments.at_on,
    renewals.next_on IS NOT NULL AND renewals.next_on < value_moments.before_on AS stayed,
    least(coalesce(valued_contracts.ended_on, valued_contracts.ends_on),
      coalesce(valued_contracts.ends_on, valued_contracts.ended_on)) < value_moments.before_on AS gone
  FROM valued_contracts
  CROSS JOIN value_moments
  LEFT JOIN renewals ON renewals.contract_id = valued_contracts.contract_id
  WHERE valued_contracts.notice_on < value_moments.before_on
)
SELECT
  fates.at_on,
  count(CASE WHEN fates.stayed THEN 1 END) AS stayed,
  count(CASE WHEN fates.gone AND NOT fates.stayed THEN 1 END) AS gone
FROM fates
GROUP BY fates.at_on
