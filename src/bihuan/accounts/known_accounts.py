"""Who stands behind a session: asked by every page, so the question is compiled once."""

from typing import Any, override

from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from bihuan.accounts.models import User
from bihuan.database.prepared import prepared


class KnownAccounts(ModelBackend):
    """Django's backend; an account is read together with its person, whose name a page shows."""

    @override
    def get_user(self, user_id: Any) -> User | None:
        """The account of a session, or None when it may not sign in any more."""
        user = _account.first(int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None


@prepared
def _account(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id).select_related("person")
