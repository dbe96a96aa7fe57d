# The policies of infra/guard_rails, filled in as Gangway itself does (policy_documents.py); needs no provider.
variable "regions" {
  type = list(string)
}

variable "member_role" {
  type = string
}

variable "organization_id" {
  type = string
}

locals {
  folder  = "${path.module}/../../guard_rails"
  regions = join(",", [for region in var.regions : jsonencode(region)])

  texts = {
    for name in ["sandbox", "deny_all", "outsiders"] : name => replace(
      replace(
        replace(
          replace(
            replace(file("${local.folder}/${name}.json"), "\"{regions}\"", local.regions),
            "{member_role}", var.member_role
          ),
          "{partner_role}", "gangway-partner"
        ),
        "{boundary}", "gangway-boundary"
      ),
      "{organization_id}", var.organization_id
    )
  }

  # Statements that only the catalogue fills in are left out.
  policies = {
    for name, text in local.texts : name => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for one in jsondecode(text).Statement : one
        if length(regexall("\\{[a-z_]+\\}", jsonencode(one))) == 0
      ]
    })
  }
}

output "sandbox" {
  value = local.policies.sandbox
}

output "deny_all" {
  value = local.policies.deny_all
}

output "outsiders" {
  value = local.policies.outsiders
}
