"""A new city folder: empty templates, or a proposal for tables that somebody already has."""
