"""What waits for an operator in onboarding: by kind, the times of all, the oldest first."""

WAITING = {
    "reviews": """
        SELECT state_entered_at FROM partners WHERE state = 'in_review' ORDER BY state_entered_at, id""",
    "requests": "SELECT asked_at FROM requests WHERE standing = 'waiting' ORDER BY asked_at, id",
}
