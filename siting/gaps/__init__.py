"""What is lacking today."""
