"""An independent check of a plan against the city's files."""
