"""What plans are worth against their budgets: one solve a budget, and what that proves."""
