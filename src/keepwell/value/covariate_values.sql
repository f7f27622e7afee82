-- one row per covariate of the company's own and value that customers have of it, of those who left and those who did not:
-- how many. Whether it was known before they left is seen by that.
-- key: name, value, has_left
-- gives:
--   name text            industry or region
--   value text           the customers'; '' not known
--   has_left boolean     they left
--   customers integer!   how many
WITH named AS (
  SELECT 'industry' AS name, risk_customers.industry AS value, risk_customers.left_no < 100000 AS has_left
  FROM risk_customers
  WHERE risk_customers.is_fitted
  UNION ALL
  SELECT 'region', risk_customers.region, risk_customers.left_no < 100000
  FROM risk_customers
  WHERE risk_customers.is_fitted
)
SELECT named.name, named.value, named.has_left, count(*) AS customers
FROM named
JOIN own_covariates ON own_covariates.name = named.name
GROUP BY named.name, named.value, named.has_left
