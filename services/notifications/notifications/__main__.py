"""``python -m notifications <process>``."""

import gc

gc.disable()  # until the work begins: see chassis/running/garbage.py

from chassis.cli import service_command
from notifications.bootstrap import build_service

main = service_command("notifications", build_service)

if __name__ == "__main__":
    main()
