"""What each gunicorn worker calls after its fork: ``chassis.wsgi:create("onboarding")``."""

import os
from pkgutil import resolve_name

from flask import Flask

from chassis.service import BuildService


def create(service_name: str) -> Flask:
    """Build the service from the environment, and its app. Raises SettingsRefused."""
    build_service: BuildService = resolve_name(f"{service_name}.bootstrap:build_service")
    return build_service(os.environ).create_web_app()
