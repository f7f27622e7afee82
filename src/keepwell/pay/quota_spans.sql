-- one row per quota that a person's part is set against in an evaluation of its window: the quota, and how many of its
-- days count, each by the ramp of whose quota it is. Of their own: the person's. Of a team: the team's, else its members'.
-- Of those below: the person's, else their team's, else those of all below. Of the company: the person's, else everybody's;
-- of a pool of it, and of what the pool's conditions look at, everybody's at once.
-- key: scenario, plan, version, person_id, measure, unit, pooled, span, to_date, window_month, period, owner, from_on, days_from_on
-- gives:
--   scenario text          actual, or a what-if
--   plan text              the plan
--   version text           its version
--   person_id text         who is paid
--   measure text           what the quota is of
--   unit text              own, team, roll_up or company
--   pooled boolean         of a pool of the company
--   span text              period, quarter, year or plan
--   to_date boolean        the quota counts up to the period only
--   window_month integer   the window's first month
--   period integer         the period at whose end it is evaluated
--   owner text             the person or team whose quota it is
--   from_on date           the quota's first day
--   days_from_on date      the first of the days that count
--   target exact           the whole quota
--   quota_days integer     its days
--   days exact             days that count, each by its share of the ramp
WITH asked AS (
  SELECT DISTINCT
    p.scenario, p.plan, p.version, p.measure, p.unit, p.span, p.to_date, l.part IS NOT NULL AND p.unit = 'company' AS pooled
  FROM plan_parts AS p
  LEFT JOIN plan_pools AS l ON l.scenario = p.scenario AND l.plan = p.plan AND l.version = p.version
    AND l.part IN (p.part, p.for_part)
  WHERE p.base = 'quota'
),
reaches AS (
  SELECT scenario, plan, version, span, to_date, window_month, period, min(from_on) AS from_on, max(to_on) AS to_on
  FROM plan_window_periods
  WHERE aims
  GROUP BY scenario, plan, version, span, to_date, window_month, period
),
stretches AS (
  SELECT
    a.scenario, a.plan, a.version, m.person_id, m.team_id, a.measure, a.unit, a.pooled, r.span, r.to_date, r.window_month, r.period,
    v.currency, greatest(m.from_on, r.from_on) AS from_on, least(m.to_on, r.to_on) AS to_on
  FROM asked AS a
  JOIN plan_versions AS v ON v.scenario = a.scenario AND v.plan = a.plan AND v.version = a.version
  JOIN reaches AS r ON r.scenario = a.scenario AND r.plan = a.plan AND r.version = a.version
    AND r.span = a.span AND r.to_date = a.to_date
  JOIN members AS m ON m.scenario = a.scenario AND m.plan = a.plan AND m.version = a.version
    AND m.from_on < r.to_on AND r.from_on < m.to_on
),
found AS (
  SELECT s.*, q.person_id AS owner, q.from_on AS quota_from_on, q.to_on AS quota_to_on, q.target, 1 AS choice
  FROM stretches AS s
  JOIN quotas AS q ON q.person_id = s.person_id AND q.measure = s.measure AND coalesce(q.currency, s.currency) = s.currency
  WHERE s.unit <> 'team' AND NOT s.pooled
  UNION ALL
  SELECT s.*, concat('team ', q.team_id) AS owner, q.from_on, q.to_on, q.target, 2 AS choice
  FROM stretches AS s
  JOIN quotas AS q ON q.team_id = s.team_id AND q.measure = s.measure AND coalesce(q.currency, s.currency) = s.currency
  WHERE s.unit IN ('team', 'roll_up') AND s.team_id <> ''
  UNION ALL
  SELECT
    s.scenario, s.plan, s.version, s.person_id, s.team_id, s.measure, s.unit, s.pooled, s.span, s.to_date, s.window_month, s.period,
    s.currency, greatest(s.from_on, u.from_on) AS from_on, least(s.to_on, u.to_on) AS to_on, q.person_id AS owner, q.from_on,
    q.to_on, q.target, 3 AS choice
  FROM stretches AS s
  JOIN unit_members AS u ON u.scenario = s.scenario AND u.plan = s.plan AND u.version = s.version AND u.unit = s.unit
    AND u.person_id = s.person_id AND u.from_on < s.to_on AND s.from_on < u.to_on
  JOIN quotas AS q ON q.person_id = u.member_id AND q.measure = s.measure AND coalesce(q.currency, s.currency) = s.currency
  UNION ALL
  SELECT
    s.scenario, s.plan, s.version, s.person_id, s.team_id, s.measure, s.unit, s.pooled, s.span, s.to_date, s.window_month, s.period,
    s.currency, s.from_on, least(s.to_on, coalesce(w.left_on, s.to_on)) AS to_on, q.person_id AS owner, q.from_on, q.to_on,
    q.target, 3 AS choice
  FROM stretches AS s
  JOIN quotas AS q ON q.measure = s.measure AND coalesce(q.currency, s.currency) = s.currency
  LEFT JOIN people AS w ON w.person_id = q.person_id
  WHERE s.unit = 'company' AND q.person_id <> ''
),
reaching AS (
  SELECT
    found.*, min(choice) OVER (PARTITION BY scenario, plan, version, person_id, measure, unit, pooled, span, to_date,
      window_month, period) AS first_choice,
    greatest(from_on, quota_from_on) AS days_from_on, least(to_on, quota_to_on) AS days_to_on
  FROM found
  WHERE quota_from_on < to_on AND from_on < quota_to_on AND from_on < to_on
)
SELECT
  f.scenario, f.plan, f.version, f.person_id, f.measure, f.unit, f.pooled, f.span, f.to_date, f.window_month, f.period, f.owner,
  f.quota_from_on AS from_on, f.days_from_on, CAST(max(f.target) AS DECIMAL(38, 12)) AS target,
  CAST(max(date_diff('day', f.quota_from_on, f.quota_to_on)) AS BIGINT) AS quota_days,
  CAST(max(date_diff('day', f.days_from_on, f.days_to_on)) + sum(coalesce(
    date_diff('day', greatest(f.days_from_on, r.from_on), least(f.days_to_on, r.to_on)) * CAST(r.share - 1 AS DECIMAL(9, 4)), 0))
    AS DECIMAL(38, 12)) AS days
FROM reaching AS f
LEFT JOIN ramp_spans AS r ON r.scenario = f.scenario AND r.kind = 'quota' AND r.person_id = f.owner
  AND r.from_on < f.days_to_on AND f.days_from_on < r.to_on
WHERE f.choice = f.first_choice
GROUP BY f.scenario, f.plan, f.version, f.person_id, f.measure, f.unit, f.pooled, f.span, f.to_date, f.window_month, f.period,
  f.owner, f.quota_from_on, f.days_from_on
