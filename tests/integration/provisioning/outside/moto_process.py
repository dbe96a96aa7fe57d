"""moto's server as a process, where a certificate's id is what AWS makes it: the hash of its DER form.

Bills come in small pages.
"""

import sys

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

from local_stack.stand_ins.aws_bills import BillsApplication

if __name__ == "__main__":
    host, port = sys.argv[1:]
    default_user_config["iot"] = {"use_valid_cert": True}
    moto = DomainDispatcherApplication(create_backend_app)
    run_simple(host, int(port), BillsApplication(moto, groups_on_a_page=3), threaded=True)
