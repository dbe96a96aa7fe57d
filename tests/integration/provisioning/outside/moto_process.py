"""moto's server as a process, where a certificate's id is what AWS makes it: the hash of its DER form."""

import sys

from moto.core.config import default_user_config
from moto.server import main

if __name__ == "__main__":
    host, port = sys.argv[1:]
    default_user_config["iot"] = {"use_valid_cert": True}
    main(["-H", host, "-p", port])
