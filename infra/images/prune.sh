#!/usr/bin/env bash
# prune.sh FOLDER: remove what packages ship and nobody reads here: their tests, pycountry's translations (names of
# countries come from Babel), Babel's other languages, botocore's models of services that nobody here calls, and the
# second half of zstandard, which is for PyPy. Compile the rest, since the containers cannot keep what they compile.
set -euo pipefail
find "$1" -depth -type d -path '*/site-packages/*' \( -name test -o -name tests -o -name testsuite -o -path '*/pycountry/locales' \) -exec rm -rf {} +
find "$1" -path '*/babel/locale-data/*.dat' ! -name 'root.dat' ! -name 'en*.dat' ! -name 'de*.dat' -delete
find "$1" -path '*/site-packages/zstandard/_cffi.*' -delete

# The first three are asked by credentials that a profile of the AWS CLI names.
called=(
  signin sso sso-oidc
  account apigateway athena autoscaling budgets ce cloudformation cloudfront cloudtrail cloudwatch cognito-idp config dynamodb
  ec2 ecr ecs efs eks elasticache elbv2 events glue guardduty iam identitystore iot kinesis lakeformation lambda logs
  opensearch organizations quicksight ram rds redshift resourcegroupstaggingapi route53 s3 sagemaker scheduler
  secretsmanager sesv2 sns sqs ssm sso-admin stepfunctions sts
)
for model in "$1"/lib/python3*/site-packages/botocore/data/*/; do
  [[ " ${called[*]} " == *" $(basename "$model") "* ]] || rm -r "$model"
done
"$1/bin/python" -m compileall -q -j 0 "$1/lib"
