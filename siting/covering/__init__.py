"""The maximal covering problem of the literature: one type, points with weights, one radius."""
