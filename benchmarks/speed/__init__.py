"""Time and memory of training, prediction and rewiring."""
