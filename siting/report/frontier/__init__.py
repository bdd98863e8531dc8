"""What people read of a frontier: in the terminal, as a page, as tables and pictures."""
