"""How far back that goes which grows with every call of `partial_fit`."""

#: Epochs in `history_` and `loss_curve_`, and rewirings in `rewiring_history_` and in
#: the events of a record, that `partial_fit` keeps: the last ones. The docstrings have
#: the number, too. `fit` keeps all.
WINDOW = 250
