"""How gunicorn serves console."""

from chassis.http.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("console"))
