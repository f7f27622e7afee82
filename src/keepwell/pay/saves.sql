-- one row per plan version and contract under notice: was the customer saved, by what this plan calls a save? A save
-- counts from the rescue on; when the customer goes too soon after all, or is not content, it is credited to nobody.
-- key: scenario, plan, version, contract_id
-- gives:
--   scenario text        actual, or a what-if
--   plan text            the plan
--   version text         its version
--   contract_id text     the contract under notice, and the one that renews it
--   standing text        saved, gone, or not_content
--   notice_on date       when notice was given
--   rescued_on date      the first rescue logged in time
WITH rescues AS (
  SELECT
    t.customer_id,
    CASE WHEN t.at < l.first_at THEN l.before_on WHEN t.at < l.second_at THEN l.between_on ELSE l.after_on END AS on_day
  FROM touches AS t
  JOIN local_days AS l ON l.day = CAST(t.at AS DATE)
  WHERE t.kind = 'save_attempt'
),
answers AS (
  SELECT
    s.customer_id, s.kind,
    CASE WHEN s.answered_at < l.first_at THEN l.before_on WHEN s.answered_at < l.second_at THEN l.between_on
      ELSE l.after_on END AS on_day,
    s.invitation_id, CAST(s.score - coalesce(s.scale_min, 0) AS DECIMAL(19, 6)) AS reached,
    CAST(coalesce(s.scale_max, 10) - coalesce(s.scale_min, 0) AS DECIMAL(19, 6)) AS scale
  FROM surveys AS s
  JOIN local_days AS l ON l.day = CAST(s.answered_at AS DATE)
  WHERE s.score IS NOT NULL
),
rescued AS (
  SELECT
    p.scenario, p.plan, p.version, c.contract_id, c.customer_id, c.notice_on, c.ended_on, p.still_after, p.content,
    CAST(coalesce(p.satisfied_from, g.satisfied_from, CASE WHEN p.content = 'ces' THEN 0.66 ELSE 0.75 END) AS DECIMAL(18, 9))
      AS satisfied_from,
    min(r.on_day) AS rescued_on
  FROM plan_saves AS p
  CROSS JOIN run_settings AS g
  CROSS JOIN contracts AS c
  JOIN rescues AS r ON r.customer_id = c.customer_id AND r.on_day >= c.notice_on
    AND date_diff('day', c.notice_on, r.on_day) <= p.rescue_within
  WHERE c.notice_on IS NOT NULL
  GROUP BY p.scenario, p.plan, p.version, c.contract_id, c.customer_id, c.notice_on, c.ended_on, p.still_after, p.content,
    p.satisfied_from, g.satisfied_from
),
due AS (
  SELECT rescued.*, n.contract_id AS next_id, coalesce(n.ended_on, rescued.ended_on) AS left_on
  FROM rescued
  LEFT JOIN contracts AS n ON n.renews_id = rescued.contract_id
),
asked AS (
  SELECT
    d.scenario, d.plan, d.version, d.contract_id,
    CASE WHEN a.reached >= CAST(d.satisfied_from * a.scale AS DECIMAL(38, 15)) THEN 1 ELSE 0 END AS satisfied,
    row_number() OVER (PARTITION BY d.scenario, d.plan, d.version, d.contract_id
      ORDER BY a.on_day DESC NULLS LAST, a.invitation_id DESC NULLS LAST) AS place
  FROM due AS d
  JOIN answers AS a ON a.customer_id = d.customer_id AND a.kind = d.content AND a.on_day >= d.rescued_on
    AND date_diff('day', d.notice_on, a.on_day) <= d.still_after
),
judged AS (
  SELECT
    d.scenario, d.plan, d.version, d.contract_id, d.next_id, d.notice_on, d.rescued_on,
    CASE
      WHEN d.left_on IS NOT NULL AND date_diff('day', d.notice_on, d.left_on) <= d.still_after THEN 'gone'
      WHEN d.content <> '' AND coalesce(a.satisfied,
        CASE WHEN date_diff('day', d.notice_on, s.today) > d.still_after THEN 0 ELSE 1 END) = 0 THEN 'not_content'
      ELSE 'saved' END AS standing
  FROM due AS d
  CROSS JOIN run_settings AS s
  LEFT JOIN asked AS a ON a.scenario = d.scenario AND a.plan = d.plan AND a.version = d.version
    AND a.contract_id = d.contract_id AND a.place = 1
),
either AS (
  SELECT scenario, plan, version, contract_id, standing, notice_on, rescued_on FROM judged
  UNION ALL
  SELECT scenario, plan, version, next_id, standing, notice_on, rescued_on FROM judged WHERE next_id IS NOT NULL
),
placed AS (
  SELECT either.*, row_number() OVER (PARTITION BY scenario, plan, version, contract_id
    ORDER BY notice_on DESC NULLS LAST, standing) AS place
  FROM either
)
SELECT scenario, plan, version, contract_id, standing, notice_on, rescued_on FROM placed WHERE place = 1
