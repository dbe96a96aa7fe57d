"""What is written of a partner: plain statements, so that they can wait for the commit's round trip."""

from onboarding.adapters.tables import partners

_COLUMNS = [column.name for column in partners.columns if column.computed is None]
_VALUES = ", ".join(f"%({name})s" for name in _COLUMNS)
_CHANGES = ", ".join(f"{name} = %({name})s" for name in _COLUMNS if name != "id")

ADD_PARTNER = f"INSERT INTO partners ({', '.join(_COLUMNS)}) VALUES ({_VALUES})"  # noqa: S608 - our own names
UPDATE_PARTNER = f"UPDATE partners SET {_CHANGES} WHERE id = %(id)s"  # noqa: S608
REMOVE_MEMBERS = "DELETE FROM members WHERE partner_id = %s"
ADD_MEMBERS = """
INSERT INTO members (id, partner_id, position, given_name, family_name, email, language, is_contact,
    confirmed_at, asked_at, times_asked)
SELECT * FROM json_to_recordset(%s) AS person (
    id uuid, partner_id uuid, position int, given_name text, family_name text, email text, language text,
    is_contact boolean, confirmed_at timestamptz, asked_at timestamptz, times_asked int)
"""
