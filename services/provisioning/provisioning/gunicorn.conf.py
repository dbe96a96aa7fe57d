"""How gunicorn serves provisioning."""
# ruff: noqa: N999

from chassis.gunicorn_settings import gunicorn_settings

globals().update(gunicorn_settings("provisioning"))
