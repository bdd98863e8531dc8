"""The ladder against the peers: the same instances, one run, every plan checked by the verifier."""
