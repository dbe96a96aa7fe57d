module "guard_rails" {
  source = "./guard_rails"

  regions         = var.sandbox_regions
  member_role     = var.member_role
  organization_id = data.aws_organizations_organization.this.id
}

locals {
  policy_types = [for one in data.aws_organizations_organization.this.roots[0].policy_types : one.type]
}

# Gangway attaches it to each account, and keeps its content as the file says.
resource "aws_organizations_policy" "guard_rail" {
  name        = "gangway-guard-rail"
  description = "Made by Gangway"
  type        = "SERVICE_CONTROL_POLICY"
  content     = module.guard_rails.sandbox

  lifecycle {
    ignore_changes = [content]

    precondition {
      condition     = contains(local.policy_types, "SERVICE_CONTROL_POLICY")
      error_message = "Switch service control policies on for the organization's root first."
    }
  }
}

resource "aws_organizations_policy" "deny_all" {
  name        = "gangway-deny-all"
  description = "Made by Gangway"
  type        = "SERVICE_CONTROL_POLICY"
  content     = module.guard_rails.deny_all

  lifecycle {
    ignore_changes = [content]

    precondition {
      condition     = contains(local.policy_types, "SERVICE_CONTROL_POLICY")
      error_message = "Switch service control policies on for the organization's root first."
    }
  }
}

resource "aws_organizations_policy_attachment" "deny_all" {
  for_each = { for name, is_denied in local.units : name => is_denied if is_denied }

  policy_id = aws_organizations_policy.deny_all.id
  target_id = aws_organizations_organizational_unit.unit[each.key].id
}

resource "aws_organizations_policy" "outsiders" {
  count = var.keeps_outsiders_out ? 1 : 0

  name        = "gangway-outsiders"
  description = "Only the organization reaches into sandboxes"
  type        = "RESOURCE_CONTROL_POLICY"
  content     = module.guard_rails.outsiders

  lifecycle {
    precondition {
      condition     = contains(local.policy_types, "RESOURCE_CONTROL_POLICY")
      error_message = "Switch resource control policies on for the organization's root first."
    }
  }
}

resource "aws_organizations_policy_attachment" "outsiders" {
  count = var.keeps_outsiders_out ? 1 : 0

  policy_id = aws_organizations_policy.outsiders[0].id
  target_id = aws_organizations_organizational_unit.parent.id
}
