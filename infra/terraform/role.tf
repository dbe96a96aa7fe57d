# What provisioning's worker acts as.
resource "aws_iam_role" "gangway" {
  name        = "gangway"
  description = "Gangway's provisioning"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.trusted_arns }
    }]
  })
}

# As an inline policy: a managed one may have no more than 6,144 characters.
resource "aws_iam_role_policy" "gangway" {
  name = "gangway"
  role = aws_iam_role.gangway.id
  policy = jsonencode(jsondecode(replace(replace(
    file("${path.module}/../../docs/aws-permissions.json"), "OrganizationAccountAccessRole", var.member_role
  ), "gangway-analytics-results", var.analytics_results_bucket)))
}
