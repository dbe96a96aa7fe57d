"""The baseline of sign-up: a bare Flask endpoint that inserts one row. Nothing checked, nothing told."""

from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database.urls import sqlalchemy_url

applications = sa.Table(
    "applications",
    sa.MetaData(),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("legal_name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("body", JSONB, nullable=False),
)


def create_app(database_url: str) -> Flask:
    """The app, with a connection pool of the size that the services have."""
    app = Flask(__name__)
    engine = sa.create_engine(sqlalchemy_url(database_url), pool_size=10, max_overflow=0)

    @app.post("/v1/applications")
    def apply() -> tuple[dict[str, str], int]:
        body = request.get_json()
        row = {"id": uuid4(), "legal_name": body["company"]["legal_name"], "email": body["contact"]["email"]}
        with engine.begin() as connection:
            connection.execute(applications.insert(), {**row, "body": body})
        return {"partner_id": str(row["id"])}, 202

    return app
