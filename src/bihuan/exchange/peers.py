"""Whom packages are taken from and written for: keys registered by fingerprint, and replaced."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from bihuan.database.prepared import prepared
from bihuan.exchange.identity import PublicIdentity, own_identity
from bihuan.exchange.models import Notice, Peer, Waiting
from bihuan.matters.models import Matter
from bihuan.matters.refusals import Refused
from bihuan.places.models import Region, Unit

COMPARE = (
    "对方“{name}”的指纹是：\n  {fingerprint}\n"
    "请打电话与对方逐位核对，一致后再运行一次，加上 --fingerprint 和这串数字。"
)
DIFFERENT = "指纹不一致，没有登记。请与对方重新核对密钥文件。"
OWN = "这是本系统自己的密钥，请用对方的密钥文件。"
HAS_DATA = (
    "本数据目录里已有单位或事项，不能作外网公众端。外网机请用空的数据目录，资料由内网的交换包带来。"
)
NAMESAKE = "已登记了同名的另一个下级。请对方用 exchange key --name 换一个名称，重新写密钥文件。"
NO_REGION = "没有这个区划代码，请先在行政区划里建好这个县。"
NEEDS_REGION = "登记下级须用 --region 写明它的区划代码。"


def inside() -> Peer | None:
    """The inner deployment, when this one is an outer portal; else None."""
    return _inside.first()


@prepared
def _inside() -> QuerySet[Peer]:
    return Peer.objects.filter(role="inside", retired_at=None).order_by("-pk")[:1]


def is_outside() -> bool:
    """Whether this deployment is the outer one of a pair: it holds no matters."""
    return inside() is not None


def identity_of(peer: Peer) -> PublicIdentity:
    """The public halves of a peer."""
    return PublicIdentity(sign=bytes(peer.sign), seal=bytes(peer.seal))


def by_key_id(key_id: str) -> Peer:
    """The registered sender of a package; Refused says why it can't be believed."""
    peer = Peer.objects.filter(key_id=key_id).first()
    if peer is None:
        raise Refused(
            "写这个包的一方没有登记，没有收。请先用 ./bihuan exchange trust 登记对方的密钥文件。"
        )
    if peer.retired_at is not None:
        raise Refused(
            f"“{peer.name}”已经换了新密钥，这个包是用旧密钥签的，没有收。请对方重新写一份。"
        )
    return peer


def peer_named(name: str) -> Peer:
    """The peer that a package is written for; without a name the only one there is."""
    found = Peer.objects.filter(retired_at=None).exclude(role=Peer.Role.COUNTY)
    peers = list(found.filter(name=name) if name else found.order_by("pk"))
    if not peers:
        raise Refused("没有登记这个接收方。请先用 ./bihuan exchange trust 登记对方的密钥文件。")
    if len(peers) > 1:
        names = "、".join(peer.name for peer in peers)
        raise Refused(f"登记了几个接收方，请用 --to 写明给哪一个：{names}。")
    return peers[0]


def trust(
    public: PublicIdentity, *, name: str, role: str, fingerprint: str, now: datetime, region: str
) -> Peer:
    """Register a peer whose fingerprint was compared; one of the same role and name is replaced.

    Refused without a fingerprint (it then says what to compare) and with another one.
    """
    if public == own_identity().public:
        raise Refused(OWN)
    if not fingerprint.strip():
        raise Refused(COMPARE.format(name=name, fingerprint=public.fingerprint))
    if "".join(fingerprint.split()) != "".join(public.fingerprint.split()):
        raise Refused(DIFFERENT)
    place = _place(role, region)
    namesake = Peer.objects.filter(role=Peer.Role.COUNTY, name=name, retired_at=None)
    if role == Peer.Role.COUNTY and namesake.exclude(region=place).exists():
        raise Refused(NAMESAKE)
    with transaction.atomic():
        known = Peer.objects.filter(key_id=public.key_id)
        before = Peer.objects.filter(role=role, retired_at=None).exclude(key_id=public.key_id)
        if role == Peer.Role.COUNTY:
            before = before.filter(region=place)
        before.update(retired_at=now)
        known.update(role=role, name=name, region=place, retired_at=None)
        return known.first() or Peer.objects.create(
            role=role,
            name=name,
            key_id=public.key_id,
            sign=public.sign,
            seal=public.seal,
            fingerprint=public.fingerprint,
            region=place,
            trusted_at=now,
        )


def _place(role: str, code: str) -> Region | None:
    """Where a peer is; an outer machine must be an empty one."""
    if role == Peer.Role.INSIDE and not _is_fit_outside():
        raise Refused(HAS_DATA)
    if role != Peer.Role.COUNTY:
        return None
    if not code:
        raise Refused(NEEDS_REGION)
    place = Region.objects.filter(code=code, valid_until=None).first()
    if place is None:
        raise Refused(NO_REGION)
    return place


def _is_fit_outside() -> bool:
    if Notice.objects.exists() or Waiting.objects.exists():
        return True  # it was one before: its inner deployment has a new key
    return not (Matter.objects.exists() or Unit.objects.exists())
