#!/usr/bin/env bash
# Runs once, when PostgreSQL makes its data folder: one database and one role per service, nothing shared.
set -euo pipefail
for service in onboarding provisioning notifications; do
  psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=name="$service" --set=password="$DATABASE_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
