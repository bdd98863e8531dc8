"""What a circle must have, and the money rules: types, standards, policies, scenarios, options."""
