"""``python -m greetings <process>``."""

from chassis.cli import service_command
from greetings.bootstrap import build_service

main = service_command("greetings", build_service)

if __name__ == "__main__":
    main()
