"""Whom a form acts for: its reader may since have signed in for another one in another tab of the browser.

The cookie then names the other one, and the form would act for it. So every form for people who are signed in
says whom it was rendered for (`subject_field`), and the guards of their pages ask `is_form_of_another`.
"""

from flask import request
from markupsafe import Markup

from chassis.http.principals import current_principal

FIELD = "subject"


def subject_field(subject: object = None) -> Markup:
    """The hidden field for the page's form, for who is signed in or another ``subject``; for templates."""
    field = Markup('<input type="hidden" name="{}" value="{}">')
    return field.format(FIELD, subject or current_principal().name)


def is_form_of_another(subject: object = None) -> bool:
    """Whether a form was sent that was rendered for another than who is signed in now, or ``subject``."""
    now = str(subject or current_principal().name)
    return request.method == "POST" and request.form.get(FIELD, "") not in {"", now}
