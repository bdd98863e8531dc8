"""The mixed-integer programme as data; no solver is imported here."""
