"""Pay: what has each person earned by their plan, as now known, and what is payable now?

A plan (YAML) is read into `Plan` values, compiled to rows, and one fixed chain of SQL models pays everybody under every
plan at once:

members → credited facts → windows → totals → shares of facts → movements → what differs from what was settled → lines
"""
