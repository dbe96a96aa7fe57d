"""``python -m provisioning <process>``."""

import gc

gc.disable()  # until the work begins: see chassis/running/garbage.py

from chassis.cli import service_command
from provisioning.bootstrap import build_service

main = service_command("provisioning", build_service)

if __name__ == "__main__":
    main()
