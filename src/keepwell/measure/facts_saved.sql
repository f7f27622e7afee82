-- one row per save: notice was given, somebody logged a rescue in time (window `rescue`, 14 days), and the customer did
-- not leave too soon (window `saved`, 90 days from the notice). Where the contract was renewed, the fact is the renewal, as
-- in renewed_annual_value; where it runs on without a term, it is the contract itself, on the day of the notice. The
-- owner is who made the first rescue.
-- key: measure, fact_id
-- gives:
--   measure text           the amount measure
--   fact_id text           the row that is the fact
--   ref_table text!        its table
--   customer_id text!      '' none
--   contract_id text!      '' none
--   deal_id text!          '' none
--   owner_id text!         '' none
--   on_day date!           the day that decides the period
--   amount money!          in its own currency
--   currency text!         of the amount
--   known_at timestamp!    when we learned it
--   source text            which source wrote the row
--   source_file text       the file or query it came from
--   source_row integer     its row there
WITH settings AS (
  SELECT
    max(run_settings.today) AS today,
    max(run_settings.currency) AS currency,
    (SELECT coalesce(max(CASE WHEN windows.name = 'rescue' THEN windows.days END), 14) FROM windows) AS rescue,
    (SELECT coalesce(max(CASE WHEN windows.name = 'saved' THEN windows.days END), 90) FROM windows) AS saved
  FROM run_settings
),
attempts AS (
  SELECT
    touches.touch_id,
    touches.customer_id,
    touches.person_id,
    touches.at AS tried_at,
    CASE WHEN touches.at < local_days.first_at THEN local_days.before_on
         WHEN touches.at < local_days.second_at THEN local_days.between_on
         ELSE coalesce(local_days.after_on, CAST(touches.at AS DATE)) END AS tried_on
  FROM touches
  LEFT JOIN local_days ON local_days.day = CAST(touches.at AS DATE)
  WHERE touches.kind = 'save_attempt'
),
notices AS (
  SELECT contracts.*, settings.today, settings.rescue, settings.saved, settings.currency AS company_currency
  FROM contracts
  CROSS JOIN settings
  WHERE contracts.notice_on IS NOT NULL
),
rescued AS (
  SELECT
    notices.contract_id,
    attempts.person_id,
    row_number() OVER (
      PARTITION BY notices.contract_id ORDER BY attempts.tried_at, attempts.touch_id
    ) AS nth
  FROM notices
  JOIN attempts ON attempts.customer_id = notices.customer_id
  WHERE notices.notice_on <= attempts.tried_on
    AND date_diff('day', notices.notice_on, attempts.tried_on) <= notices.rescue
    AND attempts.tried_on <= notices.today
),
stayed AS (
  SELECT notices.*, coalesce(rescued.person_id, '') AS rescuer_id
  FROM notices
  JOIN rescued ON rescued.contract_id = notices.contract_id AND rescued.nth = 1
),
saves AS (
  SELECT
    renewal.contract_id AS fact_id,
    renewal.customer_id,
    renewal.deal_id,
    stayed.rescuer_id,
    stayed.ends_on - 1 AS on_day,
    renewal.annual_value AS amount,
    coalesce(renewal.currency, stayed.company_currency) AS currency,
    renewal.known_at,
    renewal.source,
    renewal.source_file,
    renewal.source_row
  FROM stayed
  JOIN contracts AS renewal ON renewal.renews_id = stayed.contract_id
  WHERE stayed.ends_on <= stayed.today
    AND (renewal.ended_on IS NULL OR (
      renewal.starts_on < renewal.ended_on
      AND date_diff('day', stayed.notice_on, renewal.ended_on) > stayed.saved))
  UNION ALL
  SELECT
    stayed.contract_id, stayed.customer_id, stayed.deal_id, stayed.rescuer_id, stayed.notice_on, stayed.annual_value,
    coalesce(stayed.currency, stayed.company_currency), stayed.known_at, stayed.source, stayed.source_file,
    stayed.source_row
  FROM stayed
  WHERE stayed.ends_on IS NULL
    AND (stayed.ended_on IS NULL OR date_diff('day', stayed.notice_on, stayed.ended_on) > stayed.saved)
)
SELECT
  'saved' AS measure,
  saves.fact_id,
  'contracts' AS ref_table,
  saves.customer_id,
  saves.fact_id AS contract_id,
  coalesce(saves.deal_id, '') AS deal_id,
  saves.rescuer_id AS owner_id,
  saves.on_day,
  saves.amount,
  saves.currency,
  saves.known_at,
  saves.source,
  saves.source_file,
  saves.source_row
FROM saves
WHERE saves.amount IS NOT NULL
