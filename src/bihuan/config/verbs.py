"""Running one verb: its own options and nothing of the framework's, in Chinese, with exit codes.

Exit codes: 0 fine, 1 findings or not done, 2 wrong use. Whatever is wrong goes to standard error.
"""

import argparse
import errno
import re
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn, override

import django
from django.core.management import CommandError, load_command_class
from django.core.management.base import CommandParser
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connections,
)

from bihuan.config.wrong import WrongSetting
from bihuan.database.outages import AWAY, outage_in

EXIT_CODES: Final = "退出码：0 办好，1 有发现或没有办成（说明在标准错误），2 用法或设置不对。"
COMMANDS: Final = {"check": "declarations"}  # Django has a `check` of its own
_PLAIN: Final = {
    "force_color": False,
    "no_color": True,
    "skip_checks": False,
    "traceback": False,
    "verbosity": 1,
}
_HEADINGS: Final = {"positional arguments": "参数", "options": "选项"}
_WORDS: Final = (
    (r"the following arguments are required: (.*)", r"还缺：\1"),
    (r"unrecognized arguments: (.*)", r"不认识：\1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 不能是 \2，可选：\3"),
    (r"argument (.*?): invalid (?:.*?) value: (.*)", r"\1 的值 \2 不对"),
    (r"argument (.*?): expected one argument", r"\1 后面要跟一个值"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1 后面不跟值，多了 \2"),
    (r"ambiguous option: (.*?) could match (.*)", r"\1 不明确，可能是 \2"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 不能和 \2 一起用"),
)


_WHY: Final = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.ENOSPC: "磁盘满了",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EROFS: "所在的盘只读",
}


class ChineseHelp(argparse.HelpFormatter):
    """Headings of argparse in Chinese."""

    @override
    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        """Begin with 用法."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    @override
    def start_section(self, heading: str | None) -> None:
        """Translate the two headings that argparse gives."""
        super().start_section(_HEADINGS.get(heading or "", heading))


class VerbParser(CommandParser):
    """The options of a verb; wrong use is exit code 2 with a Chinese sentence."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", ChineseHelp)
        options.setdefault("epilog", EXIT_CODES)
        options["add_help"] = False
        options["called_from_command_line"] = True
        super().__init__(**options)
        self.add_argument("-h", "--help", action="help", help="显示这些说明")

    @override
    def format_help(self) -> str:
        """Full-width colons behind the headings."""
        text = super().format_help()
        for heading in _HEADINGS.values():
            text = text.replace(f"\n{heading}:\n", f"\n{heading}：\n")
        return text

    @override
    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to see what is right."""
        sys.stderr.write(f"{self.format_usage()}{_in_chinese(message)}。用 --help 看全部选项。\n")
        self.exit(2)


def run_verb(verb: str, arguments: Sequence[str]) -> int:
    """Run the command behind a verb; returns its exit code."""
    try:
        django.setup()
        return _run(verb, arguments)
    except CommandError as error:
        return _say(str(error), error.returncode)
    except WrongSetting as error:
        return _say(str(error), 2)
    except OSError as error:
        return _say(why_unreadable(error), 2)
    except (DatabaseError, InterfaceError) as error:
        return _say(_why_unusable(error), 2)


def why_unreadable(error: OSError) -> str:
    """The sentence about a file or folder that can't be read or written."""
    why = _WHY.get(error.errno or 0, error.strerror or str(error))
    return f"读写不了“{error.filename or '文件'}”：{why}。"


def _why_unusable(error: DatabaseError | InterfaceError) -> str:
    """The sentence about a database that is away, or was never set up; else the fault is one."""
    if outage_in(error) is AWAY:
        said = str(error).strip()
        return f"数据库连不上：{said}\n请确认数据库已经启动、地址写得对，看清办到哪里后再运行一次。"
    if isinstance(error, OperationalError | ProgrammingError):
        return f"数据库用不了：{error}\n数据目录还没有准备好时，请先运行 ./bihuan init。"
    raise error


def parser_of(verb: str) -> tuple[Any, VerbParser]:
    """The command behind a verb and the parser of its options."""
    command = load_command_class("bihuan.config", COMMANDS.get(verb, verb))
    parser = VerbParser(prog=f"bihuan {verb}", description=command.help)
    command.add_arguments(parser)
    return command, parser


def _run(verb: str, arguments: Sequence[str]) -> int:
    command, parser = parser_of(verb)
    try:
        options = vars(parser.parse_args(list(arguments)))
    except SystemExit as leaving:
        return int(leaving.code or 0)
    try:
        command.execute(**_PLAIN, **options)
    finally:
        connections.close_all()
    return 0


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


def _in_chinese(message: str) -> str:
    for pattern, words in _WORDS:
        if re.fullmatch(pattern, message):
            return re.sub(pattern, words, message)
    return message
