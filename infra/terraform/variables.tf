variable "region" {
  description = "Where IAM Identity Center lives, and Gangway's own region (AWS_DEFAULT_REGION)."
  type        = string
  default     = "eu-central-1"
}

variable "sandbox_regions" {
  description = "Regions in which sandboxes may be used."
  type        = list(string)
  default     = ["eu-central-1", "eu-west-1", "us-east-1"]

  validation {
    condition     = length(var.sandbox_regions) > 0
    error_message = "Name at least one region."
  }
}

variable "parent_unit_name" {
  description = "The unit below the root in which all of Gangway's units stand."
  type        = string
  default     = "Gangway"
}

variable "member_role" {
  description = "The role by which AWS lets the management account into each member account."
  type        = string
  default     = "OrganizationAccountAccessRole"
}

variable "trusted_arns" {
  description = "Who may take Gangway's role: the roles of the tasks or nodes on which provisioning runs."
  type        = list(string)

  validation {
    condition     = length(var.trusted_arns) > 0
    error_message = "Name at least one principal."
  }
}

variable "analytics_results_bucket" {
  description = "Where the queries of analytics put their results; the bucket is yours to make."
  type        = string
  default     = "gangway-analytics-results"
}

variable "keeps_outsiders_out" {
  description = "Deny principals from outside of the organization the resources of sandboxes, public buckets too."
  type        = bool
  default     = true
}

variable "secrets" {
  description = "Secrets of provisioning's settings; their values are put in by hand and stand in no state."
  type        = set(string)
  default     = ["database-url", "scim-token"]
}

variable "alert_email" {
  description = "Who is told of budgets."
  type        = string
}

variable "budget_usd_per_month" {
  description = "What the whole organization may cost in a month before somebody is told; null for no budget."
  type        = number
  default     = null
}
