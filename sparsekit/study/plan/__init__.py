"""What a study is going to do: tables, models and grid, checked before any work."""
