# Gangway makes what of these is missing; made here, they stand before the first partner comes.
locals {
  # In which of them everything is denied.
  units = {
    Sandboxes  = false
    Suspended  = true
    Available  = true
    CleanUp    = true
    Quarantine = true
    Closed     = true
  }
}

resource "aws_organizations_organizational_unit" "parent" {
  name      = var.parent_unit_name
  parent_id = data.aws_organizations_organization.this.roots[0].id
}

resource "aws_organizations_organizational_unit" "unit" {
  for_each = local.units

  name      = each.key
  parent_id = aws_organizations_organizational_unit.parent.id
}
