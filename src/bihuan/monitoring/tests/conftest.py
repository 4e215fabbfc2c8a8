"""The browser of whoever keeps watch in 青石县."""

import pytest
from django.test import Client
from tests.people import County


@pytest.fixture
def desk(county: County) -> Client:
    """The watch officer's, signed in."""
    client = Client()
    client.force_login(county.users["watch"])
    return client
