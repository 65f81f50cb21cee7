"""Estimators in files, and fits that are resumed from them."""
