"""The comparison of models on one table as it is."""
