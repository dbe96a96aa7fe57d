"""``python -m tallies <process>``."""

from chassis.cli import service_command
from tallies.bootstrap import build_service

main = service_command("tallies", build_service)

if __name__ == "__main__":
    main()
