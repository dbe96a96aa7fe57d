"""Reading and writing a partner: plain statements, which share a round trip and cost a third of composed."""

from onboarding.adapters.tables import members, partners

PARTNER_COLUMNS = [column.name for column in partners.columns if column.computed is None]
MEMBER_COLUMNS = [column.name for column in members.columns]
_COLUMNS = ", ".join(PARTNER_COLUMNS)
_VALUES = ", ".join(f"%({name})s" for name in PARTNER_COLUMNS)
_CHANGES = ", ".join(f"{name} = %({name})s" for name in PARTNER_COLUMNS if name != "id")

GET_PARTNER = f"SELECT {_COLUMNS} FROM partners WHERE id = %s"  # noqa: S608 - our own names
# NO KEY UPDATE, not UPDATE: timeline rows that refer to the partner may be added meanwhile.
LOCK_PARTNER = f"{GET_PARTNER} FOR NO KEY UPDATE"
GET_MEMBERS = f"SELECT {', '.join(MEMBER_COLUMNS)} FROM members WHERE partner_id = %s ORDER BY position"  # noqa: S608
ADD_PARTNER = f"INSERT INTO partners ({_COLUMNS}) VALUES ({_VALUES})"  # noqa: S608
UPDATE_PARTNER = f"UPDATE partners SET {_CHANGES} WHERE id = %(id)s"  # noqa: S608
REMOVE_MEMBERS = "DELETE FROM members WHERE partner_id = %s"
ADD_MEMBERS = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact,
    confirmed_at, asked_at, times_asked)
SELECT * FROM json_to_recordset(%s) AS person (
    id uuid, partner_id uuid, position int, given_name text, family_name text, email text, language text,
    is_contact boolean, confirmed_at timestamptz, asked_at timestamptz, times_asked int)
"""
