terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80, < 7"
    }
  }
}

# With credentials of the organization's management account.
provider "aws" {
  region = var.region
}

data "aws_caller_identity" "this" {}

data "aws_organizations_organization" "this" {}

data "aws_ssoadmin_instances" "this" {}
