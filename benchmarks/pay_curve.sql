-- One plan by hand: 12,000 a quarter × a curve of attainment (50% 0%, 100% 100%, 150% 225%); whole cents, exact fractions
CREATE MACRO quarter_of(day) AS (year(day) * 12 + month(day) - 1) // 3 * 3;
CREATE MACRO up(n, d) AS (n + d - 1) // d;
CREATE MACRO half_even(n, d) AS n // d + CASE WHEN 2 * (n % d) > d OR (2 * (n % d) = d AND n // d % 2 = 1) THEN 1 ELSE 0 END;
CREATE MACRO money(cents) AS CAST(CAST(cents AS DECIMAL(18, 0)) / 100 AS DECIMAL(18, 4));

CREATE TABLE orders AS
SELECT owner_id AS person_id, fact_id, customer_id, on_day, quarter_of(on_day)::BIGINT AS period, (amount * 100)::BIGINT AS cents, known_at
FROM read_parquet([{facts}]);

CREATE TABLE parts AS
WITH counted AS (
  SELECT person_id, period, sum(cents)::BIGINT AS cents, count(*) AS facts, max(known_at) AS known_at FROM orders GROUP BY person_id, period
),
attained AS (
  SELECT c.*, p.role AS plan, c.cents AS n, (q.target * 100)::BIGINT AS d
  FROM counted AS c
  JOIN '{folder}/positions-{plans}.parquet' AS p USING (person_id)
  JOIN '{folder}/quotas.parquet' AS q ON q.person_id = c.person_id AND quarter_of(q.from_on) = c.period
),
curved AS (
  SELECT *, CASE WHEN 2 * n < d THEN 0 WHEN n < d THEN 2 * (2 * n - d) WHEN 2 * n < 3 * d THEN 5 * n - 3 * d ELSE 9 * d END AS f_n,
    CASE WHEN 2 * n < 3 * d THEN 2 * d ELSE 4 * d END AS f_d
  FROM attained
)
SELECT *, half_even(1200000 * f_n::HUGEINT, f_d)::BIGINT AS pay FROM curved;

CREATE TABLE lines AS
SELECT 'actual' AS scenario, person_id, period, substr(line_key, 1, 16) AS line_id, line_key, 'open' AS status, plan,
  '2024-01-01' AS version, 'orders' AS part, 'sale' AS rewards, period AS belongs_to, 'earned' AS movement, 'new' AS reason,
  'EUR' AS currency, money(pay) AS amount, money(pay) AS earned, money(0) AS held, money(0) AS advanced, money(pay) AS payable,
  money(0) AS recoverable, 'order_amount' AS measure, '' AS fact_id, '' AS credit_row, '' AS customer_id, '' AS contract_id,
  period AS window_month, period AS plan_period, money(cents) AS counted, facts, money(cents) AS window_counted,
  (d / 100)::DECIMAL(18, 6) AS base, (n / d)::DECIMAL(18, 9) AS attainment, 12000::DECIMAL(18, 6) AS target,
  (f_n / f_d)::DECIMAL(18, 9) AS pays, money(pay) AS part_pay, money(0) AS settled, '' AS corrects, known_at
FROM (SELECT *, md5(concat_ws('|', 'actual', plan, '2024-01-01', 'orders', person_id, 'earned', period, period)) AS line_key FROM parts)
WHERE pay <> 0;

COPY (SELECT * FROM lines ORDER BY scenario, person_id, period, line_id)
TO '{out}/pay_lines.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT scenario, person_id, period, line_id AS entry_id, account, status, movement, plan, version, part, belongs_to, currency,
    customer_id, contract_id, CASE account WHEN 'earned' THEN earned ELSE -earned END AS amount
  FROM lines CROSS JOIN (VALUES ('earned'), ('payable')) AS a(account) ORDER BY scenario, person_id, period, entry_id, account
) TO '{out}/journal.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT scenario, person_id, plan, version, part, period, max(rewards) AS rewards, min(status) AS status, max(currency) AS currency,
    sum(earned)::DECIMAL(18, 4) AS earned, money(0) AS held, money(0) AS advanced, money(0) AS released, money(0) AS taken_back,
    money(0) AS recovered, sum(payable)::DECIMAL(18, 4) AS payable, count(*) AS lines
  FROM lines GROUP BY scenario, person_id, plan, version, part, period ORDER BY scenario, person_id, plan, version, part, period
) TO '{out}/pay_totals.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  WITH placed AS (
    SELECT *, sum(cents) OVER (PARTITION BY person_id, period ORDER BY on_day, fact_id ROWS UNBOUNDED PRECEDING)::BIGINT AS reached FROM orders
  )
  SELECT 'actual' AS scenario, p.plan, '2024-01-01' AS version, 'orders' AS part, person_id, 'counted' AS use, 'order_amount' AS measure,
    o.fact_id, 'deal_shares' AS credit_row, 'deal_shares' AS who, 0::DECIMAL(18, 9) AS low, 1::DECIMAL(18, 9) AS high,
    period AS window_month, period, o.on_day, o.customer_id, '' AS contract_id, money(o.cents) AS amount, 'EUR' AS currency,
    NULL::DECIMAL(18, 9) AS rate, money(o.cents) AS counted,
    money(up(p.pay::HUGEINT * o.reached, p.cents) - up(p.pay::HUGEINT * (o.reached - o.cents), p.cents)) AS pay, o.known_at
  FROM placed AS o JOIN parts AS p USING (person_id, period)
  ORDER BY scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
) TO '{out}/pay_trace.parquet' (FORMAT parquet, COMPRESSION zstd);
