-- one row per measure, customer and quarter of the company's calendar (and, of times, each duration): the same sums as in
-- measure_cells, by customer.
-- key: measure, customer_no, month, duration, outcome
-- kept: yes
-- gives:
--   measure text          the measure
--   customer_no integer   the customer's place in the order of ids
--   customer_id text!     the customer
--   month integer         the quarter's first month: year × 12 + month − 1
--   duration integer      in minutes or days, as the measure says; -1: none
--   outcome integer       1 it happened, 0 not yet, 2 it cannot any more; -1: none
--   n integer!            rows observed
--   a number!             what the measure's model calls a, summed
--   b number!             b, summed
--   c number!             c, summed
SELECT
  measure_sums.measure,
  measure_sums.customer_no,
  customer_lives.customer_id,
  measure_sums.month,
  measure_sums.duration,
  measure_sums.outcome,
  measure_sums.n,
  measure_sums.a,
  measure_sums.b,
  measure_sums.c
FROM measure_sums
JOIN customer_lives ON customer_lives.customer_no = measure_sums.customer_no
WHERE measure_sums.counts_in = 'customer'
