-- one row per part of a customer's value at a moment, under the parameters of that moment and of the next: what it is
-- worth in money, to the cent, after margin
-- key: at_on, under_on, customer_id, kind
-- kept: yes
-- gives:
--   at_on date            the moment
--   under_on date         the moment whose models and parameters are used
--   customer_id text      the customer
--   kind text             contracts or orders
--   segment text!         '' none
--   model text!           the model; none: only what is sure is counted
--   fitted_on text!       the segment whose customers gave the parameters; * all
--   events integer!       renewals made, or repeat purchases
--   units number!         discounted years of contract, or purchases, that are expected
--   unit_value money!     what a unit is worth before margin, in the company's currency
--   margin share!         what is left of it
--   value money!          units × unit_value × margin
--   low money             lower end of the 90% interval; null: orders, before the last moment
--   high money            upper end
--   spread money!         standard deviation of what comes about what is expected
--   chance_alive share!   that they are still a customer
--   notice boolean!       they have given notice
--   chance_next share     that they make the next renewal; null: orders, or not known
--   value_after money     what comes after the end at which they may leave within a year, if they stay then; null: orders, or not known
WITH priced AS (
  SELECT
    value_parts.*,
    value_margins.margin,
    CAST(round_even(CAST(value_parts.unit_value AS DECIMAL(22, 4)) * CAST(value_margins.margin AS DECIMAL(12, 9)), 8)
      AS DECIMAL(24, 8)) AS kept
  FROM value_parts
  JOIN value_margins ON value_margins.segment = value_parts.segment
),
worth AS (
  SELECT
    priced.*,
    CAST(round_even(priced.kept * CAST(priced.units AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS value,
    CAST(round_even(priced.kept * CAST(priced.low_units AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS one_end,
    CAST(round_even(priced.kept * CAST(priced.high_units AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS other_end,
    CAST(round_even(abs(priced.kept) * CAST(priced.spread_units AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS spread,
    CAST(round_even(priced.kept * CAST(priced.units_after AS DECIMAL(14, 6)), 2) AS DECIMAL(18, 4)) AS value_after
  FROM priced
)
SELECT
  worth.at_on, worth.under_on, worth.customer_id, worth.kind, worth.segment, worth.model, worth.fitted_on, worth.events,
  worth.units, worth.unit_value, worth.margin, worth.value,
  least(worth.one_end, worth.other_end) AS low,
  greatest(worth.one_end, worth.other_end) AS high,
  worth.spread, worth.chance_alive, worth.notice, worth.chance_next,
  worth.value_after
FROM worth
