"""How gunicorn serves integrations."""

from chassis.http.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("integrations"))
