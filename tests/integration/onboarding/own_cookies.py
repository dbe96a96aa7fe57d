"""What the cookies of the tested service are called."""

from chassis.http.session_cookie import own_cookie
from chassis.identity.session import COOKIE as SESSION

PUBLIC_URL = "https://gangway.example"
COOKIE = own_cookie(SESSION, PUBLIC_URL)
