"""How well methods and defaults predict."""
