"""One picture of one page: its address, who looks at it, what he does there first."""

from dataclasses import dataclass

from django.urls import reverse

from bihuan.accounts.models import Grant


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A page as it is to be pictured; `act` names what is done on it, `status` what it answers."""

    name: str
    route: str
    path: str
    account: str = ""
    act: str = ""
    status: int = 200


def shot(
    name: str,
    route: str,
    *args: object,
    by: str = "",
    query: str = "",
    act: str = "",
    status: int = 200,
) -> Shot:
    """A picture of a named route; a page that only a form reaches starts elsewhere."""
    path = f"{reverse(route, args=args)}{query}"
    return Shot(name=name, route=route, path=path, account=by, act=act, status=status)


def first_of_role(role: str) -> str:
    """An account that holds the role, the first that was made."""
    held = Grant.objects.filter(role=role).order_by("user_id").values_list("user__username")
    found = held.first()
    if found is None:
        raise LookupError(f"nobody holds {role!r}")
    return str(found[0])
