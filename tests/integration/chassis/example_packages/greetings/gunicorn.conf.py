"""How gunicorn serves the example."""

from chassis.http.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("greetings"))
