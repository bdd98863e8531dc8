"""Generated cities in the format that is read."""
