"""``python -m onboarding <process>``."""

from chassis.cli import service_command
from onboarding.bootstrap import build_service
from onboarding.entrypoints.commands import publish_states

main = service_command("onboarding", build_service)
main.add_command(publish_states)

if __name__ == "__main__":
    main()
