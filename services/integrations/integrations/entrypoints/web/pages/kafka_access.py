"""The integrator's user of Kafka: whole topics by a client of its own, instead of webhooks."""

from flask import Blueprint, Response, make_response, redirect, url_for

from integrations.domain.refusals import KafkaNotOffered, KafkaNotPermitted
from integrations.entrypoints.web.api.kafka_user import told
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.pages.actors import actors_of
from integrations.entrypoints.web.pages.signed_in import Visitor, portal_page, service, signed_in
from integrations.handlers.commands import NameKafkaUser
from integrations.handlers.kafka_users import end_user, give_password, show_user

pages = Blueprint("kafka_access", __name__, template_folder="templates")


@pages.get("/kafka")
@signed_in
def show(visitor: Visitor) -> Response:
    """The user as the cluster was last seen to have it, or how to get one."""
    try:
        with service().open_work() as work:
            user = show_user(work, _own(visitor))
            actors = actors_of(work, visitor.integrator_id)
    except KafkaNotOffered:
        return portal_page("kafka.html", visitor, is_offered=False, user=None)
    return portal_page("kafka.html", visitor, is_offered=True, user=user and told(user), actors=actors)


@pages.post("/kafka")
@signed_in
def make(visitor: Visitor) -> Response:
    """Make the user, or give it a new password; show that, this once."""
    try:
        with service().open_work() as work:
            user, password = give_password(work, _own(visitor))
    except KafkaNotOffered:
        return portal_page("kafka.html", visitor, 409, is_offered=False, user=None)
    except KafkaNotPermitted as refused:
        return portal_page("kafka.html", visitor, 403, is_offered=True, user=None, refused=refused)
    return portal_page("kafka_password.html", visitor, 201, user=told(user), password=password)


@pages.post("/kafka/end")
@signed_in
def end(visitor: Visitor) -> Response:
    """End the user, with its rights and its password."""
    try:
        with service().open_work() as work:
            expect_found(end_user(work, _own(visitor)))
    except KafkaNotOffered:
        return portal_page("kafka.html", visitor, 409, is_offered=False, user=None)
    return make_response(redirect(url_for(".show"), 303))


def _own(visitor: Visitor) -> NameKafkaUser:
    return NameKafkaUser(integrator_id=visitor.integrator_id, by=visitor.by)
