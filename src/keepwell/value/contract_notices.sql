-- one row per contract of which notice was given: from when to when the notice stands. It stands until the contract that
-- renews this one begins, until this one is ended, or until its term is over for longer than the window `lapse`. A customer
-- has given notice on a day when a notice of any of their contracts stands: for values, risks and the share that is kept.
-- key: contract_id
-- gives:
--   contract_id text     the contract
--   customer_id text!    whose it is
--   notice_on date!      the day on which notice was given
--   from_on date!        that day; of a contract that began later, its first day
--   renewed_on date      the day on which the contract that renews it began
--   answered_on date!    the first day on which the notice no longer stands; 9999-12-31: it still does
WITH settings AS (
  SELECT coalesce(max(CASE WHEN windows.name = 'lapse' THEN windows.days END), 30) AS lapse FROM windows
),
renewals AS (
  SELECT valued_contracts.renews_id AS contract_id, min(valued_contracts.starts_on) AS next_on
  FROM valued_contracts
  WHERE valued_contracts.renews_id <> ''
    AND (valued_contracts.ended_on IS NULL OR valued_contracts.starts_on < valued_contracts.ended_on)
  GROUP BY valued_contracts.renews_id
)
SELECT
  valued_contracts.contract_id,
  valued_contracts.customer_id,
  valued_contracts.notice_on,
  greatest(valued_contracts.notice_on, valued_contracts.starts_on) AS from_on,
  renewals.next_on AS renewed_on,
  least(
    coalesce(renewals.next_on, CAST('9999-12-31' AS DATE)),
    coalesce(valued_contracts.ended_on, CAST('9999-12-31' AS DATE)),
    coalesce(valued_contracts.ends_on + CAST(settings.lapse + 1 AS INTEGER), CAST('9999-12-31' AS DATE))
  ) AS answered_on
FROM valued_contracts
CROSS JOIN settings
LEFT JOIN renewals ON renewals.contract_id = valued_contracts.contract_id
WHERE valued_contracts.notice_on IS NOT NULL
