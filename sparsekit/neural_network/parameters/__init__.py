"""What the parameters of the networks may be, and what they stand for."""
