"""``python -m console <process>``."""

import gc

gc.disable()  # until the work begins: see chassis/running/garbage.py

from chassis.cli import front_command
from console.bootstrap import build_service

main = front_command("console", build_service)

if __name__ == "__main__":
    main()
