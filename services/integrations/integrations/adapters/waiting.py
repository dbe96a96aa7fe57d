"""What waits for an operator in integrations: by kind, the times of all, the oldest first."""

# Endpoints that have taken nothing for an hour, or are disabled, of integrators that are not shut off.
SILENT = """
FROM endpoints AS endpoint JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
WHERE integrator.event_types IS DISTINCT FROM '{}' AND (endpoint.state = 'disabled'
    OR (endpoint.state = 'active' AND endpoint.failing_since < now() - interval '1 hour'))
"""
WAITING = {
    "silent_webhooks": f"SELECT coalesce(endpoint.failing_since, endpoint.created_at) {SILENT} ORDER BY 1"
}
