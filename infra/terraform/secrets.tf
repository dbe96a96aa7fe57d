# Empty: `aws secretsmanager put-secret-value` fills them, and whoever runs the containers mounts them as files.
resource "aws_secretsmanager_secret" "setting" {
  for_each = var.secrets

  name = "gangway/settings/${each.key}"
}
