-- one row per customer under contract on the run's day: what is lost, on average, by their leaving within a year. It is the
-- chance to leave times what would come after, if they stayed; the running term is paid either way. Orders are no part of
-- it: who ends a contract may go on ordering.
-- key: customer_id
-- kept: yes
-- gives:
--   customer_id text    the customer
--   at_on date!         the run's day
--   chance number!      that they leave within twelve months
--   value_after money   what would come after, if they stayed; null: not known
--   at_stake money      the chance times that; null: not known
SELECT
  customer_risks.customer_id,
  customer_risks.at_on,
  customer_risks.chance,
  customer_values.value_after,
  CAST(round_even(CAST(customer_values.value_after AS DECIMAL(22, 4)) * CAST(customer_risks.chance AS DECIMAL(10, 6)), 2)
    AS DECIMAL(18, 4)) AS at_stake
FROM customer_risks
LEFT JOIN customer_values ON customer_values.customer_id = customer_risks.customer_id
  AND customer_values.at_on = customer_risks.at_on
WHERE customer_risks.horizon_months = 12
