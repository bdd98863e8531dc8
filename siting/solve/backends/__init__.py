"""One file a solver; each is imported only in a process of its own."""
