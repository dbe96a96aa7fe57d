"""``python -m integrations <process>``."""

from chassis.cli import service_command
from integrations.bootstrap import build_service

main = service_command("integrations", build_service)

if __name__ == "__main__":
    main()
