"""moto's server, where a certificate's id is what AWS makes it: the hash of its DER form.

Bills come in small pages.
"""

import moto.backends
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local_stack.stand_ins.aws_bills import BillsApplication

default_user_config["iot"] = {"use_valid_cert": True}
# moto reads the names of its folders for each request: a fifth of its time.
_NAMES = tuple(moto.backends.list_of_moto_modules())
moto.backends.list_of_moto_modules = lambda: _NAMES
application = BillsApplication(DomainDispatcherApplication(create_backend_app), groups_on_a_page=3)
