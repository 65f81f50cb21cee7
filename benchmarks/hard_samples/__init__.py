"""What scores of single samples find, and what follows from them."""
