"""How gunicorn serves onboarding."""

from chassis.http.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("onboarding"))
