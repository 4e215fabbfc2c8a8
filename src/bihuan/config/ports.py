"""Choosing the port: exactly the one that was asked for, or the next free one."""

import errno
import socket

from bihuan.config.wrong import WrongSetting

USUAL = 8000
TRIED = 50


def chosen_port(host: str, wanted: int | None) -> int:
    """The wanted port, 0 for any; None takes the first free one from 8000 on; WrongSetting."""
    if wanted is None:
        return free_port(host, USUAL)
    if not 0 <= wanted <= 65535:
        raise WrongSetting(f"端口应在 0 到 65535 之间，现在是 {wanted}。")
    return _taken(host, wanted)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one; 0 lets the system choose."""
    for port in range(wanted, wanted + TRIED) if wanted else [0]:
        found = _try(host, port)
        if isinstance(found, int):
            return found
        if found.errno != errno.EADDRINUSE:
            raise _refused(host, port, found) from found
    raise WrongSetting(f"{wanted} 起的 {TRIED} 个端口都被占用，请用 --port 另选。")


def _taken(host: str, port: int) -> int:
    found = _try(host, port)
    if isinstance(found, int):
        return found
    raise _refused(host, port, found) from found


def _try(host: str, port: int) -> int | OSError:
    try:
        family, kind, _proto, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        return error


def _refused(host: str, port: int, error: OSError) -> WrongSetting:
    if error.errno == errno.EADDRINUSE:
        return WrongSetting(
            f"端口 {port} 已被别的程序占用，没有启动。请停掉那个程序，或用 --port 另选；"
            "不写 --port 时自动顺延到空闲的端口。"
        )
    if error.errno == errno.EACCES:
        return WrongSetting(f"没有权限使用端口 {port}，请选 1024 以上的端口。")
    return WrongSetting(f"不能在 {host} 上监听，请核对 --host 是不是本机的地址。")
