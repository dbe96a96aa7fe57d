"""What waits for an operator in notifications: by kind, the times of all, the oldest first."""

WAITING = {
    "failed_messages": "SELECT planned_at FROM messages WHERE state = 'failed' ORDER BY planned_at, id"
}
