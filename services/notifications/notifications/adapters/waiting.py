"""What waits for an operator in notifications: by kind, oldest first."""

# With the default pauses, this many attempts take a minute.
LATE = "state = 'planned' AND attempts >= 5"
_TIMES = "SELECT planned_at FROM messages WHERE {which} ORDER BY planned_at, id"
WAITING = {
    "failed_messages": _TIMES.format(which="state = 'failed'"),
    "late_messages": _TIMES.format(which=LATE),
}
