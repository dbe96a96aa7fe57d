"""``python -m provisioning <process>``."""

from chassis.cli import service_command
from provisioning.bootstrap import build_service

main = service_command("provisioning", build_service)

if __name__ == "__main__":
    main()
