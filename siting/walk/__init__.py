"""Who reaches what on foot."""
