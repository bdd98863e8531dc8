"""The answer, and what can be asked of it; knows no solver."""
