"""moto's server for tests: AWS's bills come in small pages."""

from local_stack.stand_ins.aws import moto_application
from local_stack.stand_ins.aws_bills import BillsApplication

application = BillsApplication(moto_application(), groups_on_a_page=3)
