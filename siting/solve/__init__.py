"""Bounds, search and the solver back ends, each run in a process of its own."""
