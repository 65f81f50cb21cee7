"""What the missing values of a table depend on: tests, scores, text and figure."""
