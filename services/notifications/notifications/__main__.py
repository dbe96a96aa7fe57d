"""``python -m notifications <process>``."""

from chassis.cli import service_command
from notifications.bootstrap import build_service

main = service_command("notifications", build_service)

if __name__ == "__main__":
    main()
