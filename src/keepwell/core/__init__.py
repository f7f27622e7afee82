"""Words that every step shares: errors, tables, periods, money, names. No I/O, imports nothing of ours."""
