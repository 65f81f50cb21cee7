"""Networks that take missing values as they are, beside imputing first."""
