"""The statements by which a sender takes deliveries, and notes what came of them.

A claim is a lease: a delivery that was taken is due again when the lease ends, unless its outcome was noted.
So what a killed sender held is taken up by the next one. Only the endpoint's owner takes (`ownership`). Of an
endpoint that wants order, it takes runs of one partner's deliveries, from the oldest that waits, and only
where that one is due.
"""

from integrations.adapters.scope_rows import with_scope

RUN_LENGTH = 20
# An endpoint of which thousands of lanes wait for a later try costs the others no more than a look at these.
LANES_PER_LOOK = 500
# Of one delivery the log keeps the newest: who sends it again and again fills no more than that.
MOST_ATTEMPTS = 50

# Scope is looked at anew: what an integrator may no longer see is not sent.
_CLAIM = with_scope("""
{{picked}}, claimed AS (
    UPDATE deliveries AS delivery SET due_at = now() + %(lease_seconds)s * interval '1 s',
        claims = claims + 1, is_claimed = true
    FROM picked WHERE delivery.endpoint_id = picked.endpoint_id
        AND delivery.event_position = picked.event_position
    RETURNING delivery.endpoint_id, delivery.event_position, delivery.claims, delivery.tries,
        delivery.attempts, picked.due_at
)
SELECT claimed.endpoint_id, claimed.event_position, claimed.claims, claimed.tries, claimed.attempts,
    event.id, event.partner_id, event.attributes,
    {data_seen}, {may_see}, claimed.due_at
FROM claimed JOIN events AS event ON event.position = claimed.event_position
JOIN endpoints AS endpoint ON endpoint.id = claimed.endpoint_id
JOIN integrators AS integrator ON integrator.id = endpoint.integrator_id
LEFT JOIN partners AS partner ON partner.id = event.partner_id
ORDER BY claimed.endpoint_id, claimed.event_position
""")
# Behind what was taken a moment ago: that is still in the index for as long as nothing is vacuumed.
_DUE = """
WITH wanted AS (
    SELECT endpoint.id AS endpoint_id, given.room, given.due_at, given.position
    FROM unnest(%(ids)s::uuid[], %(rooms)s::int[], %(times)s::timestamptz[], %(positions)s::bigint[])
        AS given (id, room, due_at, position)
    JOIN endpoint_senders AS owner ON owner.endpoint_id = given.id AND owner.sender_id = %(sender_id)s
    JOIN endpoints AS endpoint ON endpoint.id = given.id AND endpoint.state = 'active'
        AND (endpoint.held_until IS NULL OR endpoint.held_until <= now())
), picked AS (
    SELECT due.* FROM wanted CROSS JOIN LATERAL (
        SELECT endpoint_id, event_position, due_at FROM deliveries
        WHERE endpoint_id = wanted.endpoint_id AND state = 'waiting' AND due_at <= now()
            AND (due_at, event_position) > (wanted.due_at, wanted.position)
        ORDER BY due_at, event_position LIMIT wanted.room FOR UPDATE SKIP LOCKED) AS due
)
"""
# Of an endpoint whose address did not say yet that it wants our events.
_TESTS_DUE = """
WITH wanted AS (
    SELECT endpoint.id AS endpoint_id, given.room
    FROM unnest(%(ids)s::uuid[], %(rooms)s::int[]) AS given (id, room)
    JOIN endpoint_senders AS owner ON owner.endpoint_id = given.id AND owner.sender_id = %(sender_id)s
    JOIN endpoints AS endpoint ON endpoint.id = given.id AND endpoint.state = 'unverified'
), picked AS (
    SELECT due.* FROM wanted CROSS JOIN LATERAL (
        SELECT endpoint_id, event_position, due_at FROM deliveries
        WHERE endpoint_id = wanted.endpoint_id AND state = 'waiting' AND is_test AND due_at <= now()
        ORDER BY due_at LIMIT wanted.room FOR UPDATE SKIP LOCKED) AS due
)
"""
# Of each endpoint the lanes behind `after` that are due; and the one where the look ended, due or not.
LANES = """
SELECT wanted.endpoint_id, lane.partner_id, lane.is_due, lane.place
FROM unnest(%(ids)s::uuid[], %(rooms)s::int[], %(after)s::uuid[]) AS wanted (endpoint_id, room, after)
CROSS JOIN LATERAL (
    WITH RECURSIVE head AS (
        (SELECT partner_id, due_at, 1 AS place FROM deliveries
         WHERE endpoint_id = wanted.endpoint_id AND state = 'waiting' AND partner_id > wanted.after
         ORDER BY partner_id, event_position LIMIT 1)
        UNION ALL
        SELECT next.partner_id, next.due_at, head.place + 1 FROM head CROSS JOIN LATERAL (
            SELECT partner_id, due_at FROM deliveries
            WHERE endpoint_id = wanted.endpoint_id AND state = 'waiting' AND partner_id > head.partner_id
            ORDER BY partner_id, event_position LIMIT 1) AS next
        WHERE head.place < %(lanes_per_look)s
    ) SELECT partner_id, due_at <= now() AS is_due, place FROM head
    WHERE due_at <= now() OR place = %(lanes_per_look)s LIMIT wanted.room) AS lane
"""
_DUE_IN_ORDER = """
WITH picked AS (
    SELECT run.*
    FROM unnest(%(ids)s::uuid[], %(partners)s::uuid[]) AS lane (endpoint_id, partner_id)
    CROSS JOIN LATERAL (
        SELECT endpoint_id, event_position, due_at FROM deliveries
        WHERE endpoint_id = lane.endpoint_id AND partner_id = lane.partner_id AND state = 'waiting'
        ORDER BY event_position LIMIT %(run_length)s) AS run
)
"""
CLAIM_AS_THEY_COME = _CLAIM.format(picked=_DUE)
CLAIM_TESTS = _CLAIM.format(picked=_TESTS_DUE)
CLAIM_IN_ORDER = _CLAIM.format(picked=_DUE_IN_ORDER)
# Held until the claim commits: who owns the endpoint next sees what was claimed.
LOCK_ORDERED = """
SELECT id FROM endpoints WHERE id = ANY (%(ids)s::uuid[]) AND state = 'active'
    AND (held_until IS NULL OR held_until <= now()) AND EXISTS (
        SELECT FROM endpoint_senders WHERE endpoint_id = endpoints.id AND sender_id = %(sender_id)s)
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
# A failure counts only for the claim that it is of; a success always does.
_FITS = "(delivery.state = 'waiting' AND (note.state = 'delivered' OR delivery.claims = note.claim))"
# Attempts are kept with their delivery only: one that was forgotten meanwhile leaves nothing behind. What a
# former address answered says nothing of the endpoint.
_NOTE = """
WITH noted AS (
    SELECT * FROM json_to_recordset(%(noted)s::json) AS note (
        endpoint_id uuid, position bigint, claim int, state text, wait float8, is_attempt boolean,
        tries int, number int, at timestamptz, duration_ms int, outcome text, status int, answer text)
), changed AS (
    UPDATE endpoints AS endpoint SET
        failing_since = CASE WHEN of_endpoint.has_success THEN NULL
            ELSE coalesce(endpoint.failing_since, now()) END,
        held_until = greatest(endpoint.held_until, now() + of_endpoint.hold * interval '1 s'),
        state = CASE WHEN is_over THEN 'disabled' ELSE endpoint.state END,
        state_reason = CASE WHEN is_over THEN
            CASE WHEN of_endpoint.is_gone THEN 'gone' ELSE 'failing' END ELSE endpoint.state_reason END
    FROM (
        SELECT given.*, given.is_gone OR (NOT given.has_success AND failing.failing_since
            < now() - %(disable_after_seconds)s * interval '1 s') IS TRUE AS is_over
        FROM json_to_recordset(%(endpoints)s::json) AS given (
            id uuid, url text, has_success boolean, is_gone boolean, hold float8)
        JOIN endpoints AS failing ON failing.id = given.id AND failing.url = given.url
    ) AS of_endpoint
    WHERE endpoint.id = of_endpoint.id AND endpoint.state = 'active' AND (
        of_endpoint.is_over OR of_endpoint.hold > 0
        OR of_endpoint.has_success = (endpoint.failing_since IS NOT NULL))
    RETURNING endpoint.id, endpoint.state
), written AS (
    UPDATE deliveries AS delivery SET
        state = CASE WHEN {fits} THEN note.state ELSE delivery.state END,
        due_at = CASE WHEN NOT {fits} THEN delivery.due_at
            WHEN note.state = 'waiting' THEN now() + note.wait * interval '1 s' END,
        tries = CASE WHEN {fits} THEN note.tries ELSE delivery.tries END,
        is_claimed = delivery.is_claimed AND NOT {fits},
        attempts = greatest(delivery.attempts, note.number),
        last_outcome = coalesce(note.outcome, delivery.last_outcome),
        last_status = CASE WHEN note.is_attempt THEN note.status ELSE delivery.last_status END,
        delivered_at = CASE WHEN {fits} AND note.state = 'delivered' THEN now()
            ELSE delivery.delivered_at END
    FROM noted AS note
    WHERE delivery.endpoint_id = note.endpoint_id AND delivery.event_position = note.position
    RETURNING note.*
), attempts AS (
    INSERT INTO delivery_attempts
        (endpoint_id, event_position, number, at, duration_ms, outcome, status, answer)
    SELECT endpoint_id, position, number, at, duration_ms, outcome, status, answer FROM written
    WHERE is_attempt ON CONFLICT DO NOTHING
), too_many AS (
    DELETE FROM delivery_attempts AS attempt USING noted AS note
    WHERE note.number > %(most_attempts)s AND attempt.event_position = note.position
        AND attempt.endpoint_id = note.endpoint_id AND attempt.number <= note.number - %(most_attempts)s
)
SELECT id FROM changed WHERE state = 'disabled'
"""
NOTE = _NOTE.format(fits=_FITS)
ENDPOINTS = """
SELECT endpoint.id, endpoint.url, endpoint.delivery_order = 'partner', endpoint.body, endpoint.concurrency,
    endpoint.rate_per_second, greatest(extract(epoch FROM endpoint.held_until - now())::float8, 0),
    coalesce((SELECT json_agg(json_build_array(secret.kind, encode(secret.key, 'escape'),
        extract(epoch FROM secret.expires_at)) ORDER BY secret.created_at DESC)
    FROM endpoint_secrets AS secret WHERE secret.endpoint_id = endpoint.id
        AND (secret.expires_at IS NULL OR secret.expires_at > now())), '[]'),
    endpoint.state = 'unverified'
FROM endpoint_senders AS owner JOIN endpoints AS endpoint ON endpoint.id = owner.endpoint_id
WHERE owner.sender_id = %(sender_id)s AND endpoint.state IN ('active', 'unverified')
"""
