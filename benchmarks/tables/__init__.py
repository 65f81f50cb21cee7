"""Real tables: the estimators for tables beside what people use."""
