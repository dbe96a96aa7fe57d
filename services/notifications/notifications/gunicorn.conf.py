"""How gunicorn serves notifications."""  # noqa: N999 - gunicorn's name for it

from chassis.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("notifications"))
