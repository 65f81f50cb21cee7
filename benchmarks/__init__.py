"""Programs that make the figures and numbers of the documentation anew.

Each is run from a checkout, such as ``python -m benchmarks.speed.figures``. `speed`
measures time and memory, `accuracy` compares methods and defaults, `missing_values` and
`hard_samples` are about these, `studies` reads what ``sparsekit study`` wrote, `tables`
compares models on real tables, `distributed` trains on parts, and `peers` checks
statements about other libraries.
`results` and `machine` are what they share.
"""
