"""What subpackages share, and no user calls."""
