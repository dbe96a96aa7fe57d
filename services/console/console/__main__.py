"""``python -m console <process>``."""

from chassis.cli import front_command
from console.bootstrap import build_service

main = front_command("console", build_service)

if __name__ == "__main__":
    main()
