"""How gunicorn serves onboarding."""  # noqa: N999 - gunicorn's name for it

from chassis.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("onboarding"))
