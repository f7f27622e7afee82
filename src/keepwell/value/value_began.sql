-- one row: the first day on which a contract ran or a purchase was made
-- key: none
-- gives:
--   first_on date   null: neither is known
SELECT least(coalesce(bought.first_on, ran.first_on), coalesce(ran.first_on, bought.first_on)) AS first_on
FROM (SELECT min(order_days.on_day) AS first_on FROM order_days) AS bought
CROSS JOIN (SELECT min(valued_contracts.starts_on) AS first_on FROM valued_contracts) AS ran
