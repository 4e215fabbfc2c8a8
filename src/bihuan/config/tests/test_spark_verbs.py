"""`bihuan telemetry spark`: what is refused is said in a Chinese sentence, exit code 2."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from bihuan.config import spark_verbs
from bihuan.config.cli import main
from bihuan.telemetry.spark.layout import Layout
from bihuan.telemetry.store.lock import Lock
from bihuan.telemetry.store.store import Store

pytestmark = pytest.mark.once
needs_spark = pytest.mark.skipif(
    find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs the extra spark and Java",
)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Signals mean afterwards what they meant before."""
    held = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in held.items():
        signal.signal(number, handler)


def run(
    capsys: pytest.CaptureFixture[str], folder: Path, *more: str, store: Path | None = None
) -> tuple[int, str]:
    """Exit code and what was said."""
    told = ["--inbox", str(folder / "inbox"), "--store", str(store or folder / "store"), *more]
    try:
        code = main(["telemetry", "spark", *told])
    except SystemExit as leaving:
        code = int(str(leaving.code))
    printed, errors = capsys.readouterr()
    assert printed == ""
    return code, errors


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--shards", "0"), "--shards 应为1到1024"),
        (("--every", "0"), "--every 应大于0"),
        (("--conf", "executor.memory=2g"), "--conf 应写成 spark.名=值"),
        (("--conf", "spark.executor.memory"), "--conf 应写成 spark.名=值"),
    ],
)
def test_wrong_options_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    code, errors = run(capsys, tmp_path, *more)
    assert code == 2
    assert said in errors


def test_inbox_and_store_lie_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, errors = run(capsys, tmp_path, store=tmp_path / "inbox" / "store")
    assert code == 2
    assert "不能一个套着另一个" in errors


def test_without_the_extra_a_sentence_says_what_to_install(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_verbs, "find_spec", {"pandas": True}.get)
    code, errors = run(capsys, tmp_path)
    assert code == 2
    assert errors.startswith("这里没有装 Spark（缺 pyspark、pyarrow）。请安装本系统的 spark 附加项")
    assert not (tmp_path / "store").exists()


def test_without_java_a_sentence_says_what_to_install(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_verbs, "find_spec", str)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    code, errors = run(capsys, tmp_path)
    assert code == 2
    assert "Java 17" in errors


def test_another_number_of_shards_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_verbs, "find_spec", str)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert Layout(tmp_path / "store").settle_shards(3) == 3
    code, errors = run(capsys, tmp_path, "--shards", "4")
    assert (code, "分为 3 片" in errors) == (2, True)


@needs_spark
@pytest.mark.slow
def test_another_driver_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store = tmp_path / "store"
    Layout(store).settle_shards(3)
    lock = Lock(store)
    code, errors = run(capsys, tmp_path)
    lock.release()
    assert code == 2
    assert f"正由进程 {os.getpid()} 使用" in errors


@needs_spark
@pytest.mark.slow
def test_a_spark_that_does_not_start_is_told(tmp_path: Path) -> None:
    told = ["--inbox", str(tmp_path / "inbox"), "--store", str(tmp_path / "store"), "--once"]
    told += ["--conf", "spark.driver.memory=1b"]
    command = [sys.executable, "-m", "bihuan", "telemetry", "spark", *told]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 1
    assert "再运行一次会从检查点接着做" in done.stderr


def test_the_two_ways_keep_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sharded = tmp_path / "sharded"
    Layout(sharded).settle_shards(2)
    told = ["--inbox", str(tmp_path / "inbox"), "--store", str(sharded), "--once"]
    with pytest.raises(SystemExit):
        main(["telemetry", "ingest", *told])
    assert "分片接收（telemetry spark）的目录" in capsys.readouterr().err


def test_episodes_of_all_shards_make_one_table(tmp_path: Path) -> None:
    store, out = tmp_path / "store", tmp_path / "episodes.csv"
    Layout(store).settle_shards(2)
    Store(Layout(store).shard(1)).close()
    assert main(["telemetry", "episodes", "--store", str(store), "--out", str(out)]) == 0
    assert out.read_text().startswith("mine,point,kind")
