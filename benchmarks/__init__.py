"""Programs that make the figures and numbers of the documentation anew."""
