output "role_arn" {
  description = "What provisioning's worker has to act as."
  value       = aws_iam_role.gangway.arn
}

output "settings" {
  description = "What to set in provisioning's environment."
  value = {
    ANALYTICS_RESULTS_LOCATION = "s3://${var.analytics_results_bucket}"
    AWS_DEFAULT_REGION         = var.region
    BUDGET_ALERT_EMAIL         = var.alert_email
    SANDBOX_MEMBER_ROLE        = var.member_role
    SANDBOX_PARENT_OU_NAME     = var.parent_unit_name
    SANDBOX_REGIONS            = join(",", var.sandbox_regions)
  }
}

output "secret_arns" {
  description = "Where the values of secret settings are to be put."
  value       = { for name, secret in aws_secretsmanager_secret.setting : name => secret.arn }
}

output "budget_topic_arn" {
  description = "To which further subscribers may listen."
  value       = aws_sns_topic.budget.arn
}
