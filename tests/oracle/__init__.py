"""Pay, a second time: slow, fact by fact, in exact fractions, straight from what the plan language says.

Nothing here reads the pipeline: it takes the rows of the record and the plan files, and computes what everybody is
paid. `batch` runs the pipeline on the same, `compare` holds the two against each other, and `differences.md` lists
where they are meant to differ.
"""
