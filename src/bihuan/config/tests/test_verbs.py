"""Every verb: its help names real options and exit codes, its errors go to standard error."""

import errno
import re
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError

from bihuan.config import cli, verbs
from bihuan.config.cli import OWN_PARSERS, VERBS, main
from bihuan.config.tests.processes import PROJECT, run

COMMANDS = sorted(set(VERBS) - set(OWN_PARSERS))
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
FRAMEWORKS = ("--settings", "--pythonpath", "--traceback", "--no-color", "--skip-checks")
HIDDEN = {  # options of sub-verbs
    "user": {"--name", "--unit", "--from", "--until", "--reason"},
    "exchange": {
        "--name",
        "--as",
        "--fingerprint",
        "--region",
        "--to",
        "--again",
        "--kind",
        "--since",
    },
}
PAGES = ("README.md", "docs/deploy.md", "docs/walk.md")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, what was printed, what was said of errors."""
    code = main(list(arguments))
    printed, errors = capsys.readouterr()
    return code, printed, errors


def taken(verb: str) -> set[str]:
    """Every option that the verb's parser takes, those of sub-verbs included."""
    _command, parser = verbs.parser_of(verb)
    parsers: list[Any] = [parser]
    found: set[str] = set()
    for one in parsers:
        for action in one._actions:  # noqa: SLF001 - argparse has no other list
            found |= {text for text in action.option_strings if text.startswith("--")}
            if isinstance(action.choices, dict):
                parsers += action.choices.values()
    return found


@pytest.mark.parametrize("verb", COMMANDS)
def test_help_names_real_options_and_exit_codes(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed, errors = told(capsys, verb, "--help")
    assert (code, errors) == (0, "")
    assert printed.startswith(f"用法：bihuan {verb} ")
    assert "退出码：0" in printed
    offered = set(re.findall(r"(?m)^ +(?:-h, )?(--[a-z-]+)", printed))
    assert offered == taken(verb) - HIDDEN.get(verb, set())
    assert not any(option in printed for option in FRAMEWORKS)
    assert not re.search(r"\b(usage|options|arguments|declarations|show this)\b", printed)


@pytest.mark.parametrize("verb", [*COMMANDS, *OWN_PARSERS])
def test_wrong_use_is_two_and_said_on_standard_error(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if verb in OWN_PARSERS:
        with pytest.raises(SystemExit) as leaving:
            main([verb, "--no-such-option"])
        assert leaving.value.code == 2
        return
    code, printed, errors = told(capsys, verb, "--no-such-option")
    assert (code, printed) == (2, "")
    assert "--help" in errors
    assert re.search(r"不认识|还缺", errors)


def test_the_door_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed, errors = told(capsys, "--help")
    assert (code, printed) == (0, "")
    assert all(f"\n  {verb} " in errors for verb in VERBS)
    assert "退出码" in errors
    assert told(capsys)[0] == 2
    code, printed, errors = told(capsys, "declarations")
    assert (code, printed) == (2, "")
    assert "没有“declarations”这个命令" in errors


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_verbs_and_options_that_exist(page: str) -> None:
    text = (PROJECT / page).read_text("utf-8")
    for line in re.findall(r"\./bihuan ([a-z]+[^`\n]*)", text):
        verb = line.split()[0]
        assert verb in VERBS, line
        if verb in COMMANDS:
            assert set(OPTION.findall(line.split("#")[0])) <= taken(verb), line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serve", "--port", "many"], "--port 的值 'many' 不对"),
        (["serve", "--only", "both"], "可选"),
        (["tick", "--as-of"], "后面要跟一个值"),
        (["check", "twice"], "不认识：twice"),
    ],
)
def test_wrong_use_is_said_in_chinese(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _printed, errors = told(capsys, *arguments)
    assert code == 2
    assert words in errors
    assert "error:" not in errors


def test_what_nobody_translated_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    _command, parser = verbs.parser_of("tick")
    with pytest.raises(SystemExit) as leaving:
        parser.error("something new")
    assert leaving.value.code == 2
    assert "something new。用 --help 看全部选项。" in capsys.readouterr().err


@pytest.mark.slow
def test_an_unprepared_folder_says_what_to_run_first(tmp_path: Path) -> None:
    for verb in (["verify"], ["tick"], ["status"], ["user", "list"]):
        done = run(tmp_path / "home", *verb)
        assert (done.returncode, done.stdout) == (2, ""), verb
        assert "./bihuan init" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_file_that_is_not_there_and_a_secret_that_is_open(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run(home, "init").returncode == 0
    done = run(home, "verify", "--against", str(tmp_path / "none"))
    assert done.returncode == 2
    assert "没有这个文件" in done.stderr
    (home / "secrets" / "totp").chmod(stat.S_IRUSR | stat.S_IROTH)
    done = run(home, "verify")
    assert done.returncode == 2
    assert "chmod 600" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_the_machine_refuses_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_verb: str, _arguments: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", "backup.zip")

    monkeypatch.setattr(verbs, "_run", refuse)
    assert cli.run_verb("check", []) == 2
    assert "“backup.zip”：磁盘满了" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (psycopg.errors.CannotConnectNow("starting up"), "数据库连不上：starting up"),
        (psycopg.InterfaceError("the connection is closed"), "数据库连不上：the connection"),
        (psycopg.errors.UndefinedTable("no such relation"), "请先运行 ./bihuan init。"),
    ],
)
def test_a_database_that_is_away_is_not_taken_for_one_never_set_up(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: psycopg.Error,
    sentence: str,
) -> None:
    kind = InterfaceError if isinstance(error, psycopg.InterfaceError) else OperationalError

    def refuse(_verb: str, _arguments: Any) -> int:
        raise kind(str(error)) from error

    monkeypatch.setattr(verbs, "_run", refuse)
    assert cli.run_verb("check", []) == 2
    assert sentence in capsys.readouterr().err


def test_a_fault_of_the_program_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_verb: str, _arguments: Any) -> int:
        raise IntegrityError("twice") from psycopg.errors.UniqueViolation("twice")

    monkeypatch.setattr(verbs, "_run", refuse)
    with pytest.raises(IntegrityError):
        cli.run_verb("check", [])
