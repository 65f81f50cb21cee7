"""What docs/comparison.md says of other libraries."""
