"""The rows of a study: columns, conditions, models at a sparsity, lines of a file."""
