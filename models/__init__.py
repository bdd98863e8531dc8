"""The catalogue of types, the city standards and the money policies, as text."""
