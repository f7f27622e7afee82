-- One plan by hand: three percent of each order; whole cents, half to even
CREATE MACRO quarter_of(day) AS (year(day) * 12 + month(day) - 1) // 3 * 3;
CREATE MACRO half_even(n, d) AS n // d + CASE WHEN 2 * (n % d) > d OR (2 * (n % d) = d AND n // d % 2 = 1) THEN 1 ELSE 0 END;
CREATE MACRO money(cents) AS CAST(CAST(cents AS DECIMAL(18, 0)) / 100 AS DECIMAL(18, 4));

CREATE TABLE paid AS
SELECT p.role AS plan, o.owner_id AS person_id, o.fact_id, o.customer_id, o.on_day, quarter_of(o.on_day)::BIGINT AS period, o.amount,
  money(half_even((o.amount * 100)::BIGINT * 3, 100)) AS pay, o.known_at
FROM read_parquet([{facts}]) AS o JOIN '{folder}/positions-{plans}.parquet' AS p ON p.person_id = o.owner_id;

CREATE TABLE keyed AS
SELECT *, md5(concat_ws('|', 'actual', plan, '2024-01-01', 'orders', person_id, 'earned', 'order_amount', fact_id, 'deal_shares',
  'deal_shares', '0')) AS line_key
FROM paid WHERE pay <> 0;

COPY (
  SELECT 'actual' AS scenario, person_id, period, substr(line_key, 1, 16) AS line_id, line_key, 'open' AS status, plan,
    '2024-01-01' AS version, 'orders' AS part, 'sale' AS rewards, period AS belongs_to, 'earned' AS movement, 'new' AS reason,
    'EUR' AS currency, pay AS amount, pay AS earned, money(0) AS held, money(0) AS advanced, pay AS payable, money(0) AS recoverable,
    'order_amount' AS measure, fact_id, 'deal_shares' AS credit_row, customer_id, '' AS contract_id, on_day AS fact_on, on_day,
    period AS window_month, period AS plan_period, amount AS counted, 1::BIGINT AS facts, pay AS share, money(0) AS settled,
    '' AS corrects, known_at
  FROM keyed ORDER BY scenario, person_id, period, line_id
) TO '{out}/pay_lines.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'actual' AS scenario, person_id, period, substr(line_key, 1, 16) AS entry_id, account, 'open' AS status,
    'earned' AS movement, plan, '2024-01-01' AS version, 'orders' AS part, period AS belongs_to, 'EUR' AS currency, customer_id,
    '' AS contract_id, CASE account WHEN 'earned' THEN pay ELSE -pay END AS amount
  FROM keyed CROSS JOIN (VALUES ('earned'), ('payable')) AS a(account) ORDER BY scenario, person_id, period, entry_id, account
) TO '{out}/journal.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'actual' AS scenario, person_id, plan, '2024-01-01' AS version, 'orders' AS part, period, 'sale' AS rewards, 'open' AS status,
    'EUR' AS currency, sum(pay)::DECIMAL(18, 4) AS earned, money(0) AS held, money(0) AS advanced, money(0) AS released,
    money(0) AS taken_back, money(0) AS recovered, sum(pay)::DECIMAL(18, 4) AS payable, count(*) AS lines
  FROM paid WHERE pay <> 0 GROUP BY person_id, plan, period ORDER BY person_id, plan, period
) TO '{out}/pay_totals.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (
  SELECT 'actual' AS scenario, plan, '2024-01-01' AS version, 'orders' AS part, person_id, 'counted' AS use, 'order_amount' AS measure,
    fact_id, 'deal_shares' AS credit_row, 'deal_shares' AS who, 0::DECIMAL(18, 9) AS low, 1::DECIMAL(18, 9) AS high,
    period AS window_month, period, on_day, customer_id, '' AS contract_id, amount, 'EUR' AS currency, NULL::DECIMAL(18, 9) AS rate,
    amount AS counted, pay, known_at
  FROM paid ORDER BY scenario, plan, version, part, person_id, use, measure, fact_id, credit_row, who, low
) TO '{out}/pay_trace.parquet' (FORMAT parquet, COMPRESSION zstd);
