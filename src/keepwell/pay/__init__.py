"""Pay: what has each person earned by their plan, as now known, and what is payable now?

A plan (YAML) is read into `Plan` values and compiled to rows; one fixed chain of SQL models pays everybody under every plan
at once. A what-if is more rows under another scenario.

| file                                  | question it answers                                                       |
|---------------------------------------|---------------------------------------------------------------------------|
| `plan`, `parse`, `read_part`, `read_shape`, `read_facts`, `read_money`, `words` | what does this plan file say?                               |
| `vocabulary`, `schema`, `versions`    | which words are there; which versions do the files say?                   |
| `picture`, `grid`, `said`             | how does a part look, and what does a plan say in sentences?              |
| `misfires`                            | what in a plan is known to misfire, and for how much money?               |
| `shipped`, `letters`                  | which plans ship; for whom is a letter?                                   |
| `pieces`                              | what does a shape pay at each point?                                      |
| `compile`, `compile_lifts`, `plan_tables` | which rows does a plan become, in which scenario?                                            |
| `claims`, `claimed`, `pay_conflicts`, `members` | who is under which plan on which days?                                    |
| `book_spans`, `book_holders`, `book_judged`, `book_credit`, `book_notes` | who holds which customer, and what is spared?  |
| `credit_people`, `also_credited`, `saves`, `exchange_days`, `plan_exchange`, `credited` | whose is each fact, and what does it count?               |
| `member_periods`, `window_targets`, `window_quotas`, `part_amounts`, `part_windows` | what was reached, against what? |
| `evidence_asked`, `evidence_levels`, `objectives_counted`, `evidence`, `reweights`, `evidence_to_settle` | on which value does a scored part pay?                                |
| `part_totals`, `fact_pays`            | what does each part pay, rounded once?                                    |
| `read_conditions`, `read_compared`, `adjusted_windows`, `adjust`, `limits`, `compare`, `adjusted_fact_pays`, `say_steps` | what do conditions, multipliers, limits, blends, matrices and ranks make of it? |
| `read_pool`, `pool`, `pool_members`, `pool_facts`, `seen` | how is one amount for a unit shared among its members? |
| `below`, `unit_members`, `unit_credits`, `quota_spans` | what do a team, those below and the company reach, against which quota? |
| `read_ramp`, `role_starts`, `ramp_spans` | how much of a quota counts for who is new in a role?                    |
| `fact_kickers`, `kicked_amounts`      | which facts weigh more in pay?                                            |
| `part_looks`, `fact_places`, `fact_shares`, `contract_fates`, `fact_movements` | what became of each fact's share? |
| `period_pay`, `floors`, `lifted_periods`, `lifts` | what is a period's pay lifted to, and what is owed of a draw? |
| `movements`, `amended`, `open_lines`, `recoveries`, `pay_lines`, `journal` | what differs from what was settled, and what is recovered? |
| `pay_totals`, `pay_trace`, `unrated`, `pay_unpaid` | the sums, every credited fact, and what pays nobody          |
| `statement`, `beside`, `explain`, `say`, `say_lifts` | how is it told to the person?                                             |
| `example_record`, `examples`          | do the plans' worked examples come out?                                   |
| `checks`                              | what in the data stands in the way?                                       |
"""
