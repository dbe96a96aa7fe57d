# Its policy is Gangway's to keep: it lets people take the partner's role in their account, and nothing else.
resource "aws_ssoadmin_permission_set" "partner" {
  name             = "GangwayPartner"
  description      = "People of a partner, in their sandbox"
  instance_arn     = tolist(data.aws_ssoadmin_instances.this.arns)[0]
  session_duration = "PT8H"
}
