"""How gunicorn serves the bare endpoint: exactly as it serves our services."""

from chassis.http.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("bare"))
