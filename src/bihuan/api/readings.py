"""A file of readings that a mine sends: whose it is, whether it is one, and where it waits.

Nothing of it is parsed here: another process reads it, and this one never loads what reads.
"""

from pathlib import Path

from django.conf import settings

from bihuan.accounts.actors import Actor
from bihuan.api.problems import Problem
from bihuan.places.mines import is_mine_of
from bihuan.telemetry.envelopes import FILE_FAULTS, Fault, name_of, open_envelope
from bihuan.telemetry.intake.spool import NAME_MAX, Kept, Spool, SpoolFull

ROLE = "firm"
HEADER = "X-File-Name"
RETRY_S = 30
_MB = 1024 * 1024
NOT_A_FIRM = "这个令牌的账号没有企业角色，不能上报监测数据。请用企业账号建立的令牌。"
HEADER_MINE = "文件头第1项的煤矿编码和文件名的前12位不同，没有收下。请核对后再发。"
TOO_MANY = (
    f"等待处理的监测数据太多，这一个没有收下。请 {RETRY_S} 秒后再发；一直这样，请告诉系统管理员。"
)


def spool_folder() -> Path:
    """Where files wait for the process that reads them."""
    return Path(settings.HOME) / "telemetry" / "spool"


def check_size(size: int) -> None:
    """Refuse what is larger than a file may be."""
    most = settings.TELEMETRY_FILE_BYTES_MAX
    if size > most:
        sentence = f"文件超过 {most // _MB} MB，没有收下。请核对内容，或分成几个文件再发。"
        raise Problem(413, sentence)


def take_in(content: bytes, *, name: str, by: Actor) -> Kept:
    """Keep a file durably, once however often it is sent; Problem when it isn't taken."""
    found = name_of(name)
    if found is None:
        raise _misnamed(FILE_FAULTS[Fault.NAME])
    if len(name) > NAME_MAX:
        raise _misnamed(f"文件名最多 {NAME_MAX} 个字符，请把时间后面的数字缩短。")
    firms = {held.unit_id for held in by.held if held.role == ROLE}
    if not firms:
        raise Problem(403, NOT_A_FIRM)
    if not is_mine_of(found.mine, firms=firms):
        raise Problem(403, _foreign(found.mine))
    body = open_envelope(content, mine=found.mine)
    if body is Fault.HEADER_MINE:
        raise Problem(403, HEADER_MINE)
    if isinstance(body, Fault):
        raise Problem(422, FILE_FAULTS[body], fields={"body": FILE_FAULTS[body]})
    return _kept(content, name)


def _kept(content: bytes, name: str) -> Kept:
    try:
        return _spool().keep(content, name=name)
    except SpoolFull:
        raise Problem(503, TOO_MANY, headers={"Retry-After": str(RETRY_S)}) from None


_spools: dict[tuple[Path, int], Spool] = {}


def _spool() -> Spool:
    """One for a folder, so that what waits is counted once a second and not for each file."""
    key = spool_folder(), settings.TELEMETRY_SPOOL_BYTES_MAX
    if key not in _spools:
        _spools[key] = Spool(key[0], room_bytes=key[1])
    return _spools[key]


def _misnamed(sentence: str) -> Problem:
    return Problem(422, sentence, fields={HEADER: sentence})


def _foreign(mine: str) -> str:
    return (
        f"煤矿编码 {mine} 不在这个令牌的企业名下。请核对文件名；"
        "企业的矿和编码由系统管理员在“监管对象”里登记。"
    )
