"""Why a message didn't leave, in words that hold no address, key or content."""

import smtplib
import socket
import ssl
from typing import Final
from urllib.error import URLError

_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (ssl.SSLCertVerificationError, "对方的证书核对不上"),
    (ssl.SSLError, "TLS 没有谈成"),
    (socket.gaierror, "找不到主机"),
    (TimeoutError, "没有应答"),
    (smtplib.SMTPAuthenticationError, "账号或口令没有被接受"),
    (smtplib.SMTPRecipientsRefused, "收件地址没有被接受"),
    (ConnectionRefusedError, "连接被拒绝"),
    (ConnectionError, "连接中断"),
    (UnicodeError, "地址写得不对"),
)


class NotTakenError(OSError):
    """The other side answered, or there is no other side; the text says why in Chinese."""


def reason_of(error: Exception) -> str:
    """One phrase for people, with the type for those who look further."""
    if isinstance(error, NotTakenError):
        return str(error)
    cause = error.reason if isinstance(error, URLError) else error
    words = next((words for kind, words in _WORDS if isinstance(cause, kind)), "")
    kind = type(cause).__name__
    return f"{words}（{kind}）" if words else kind
