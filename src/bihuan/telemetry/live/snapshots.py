"""The state of the judge as bytes, and back: a start that doesn't read everything again.

A line that says what it is and its SHA-256, then some sections, each preceded by its length:
a head in JSON, the points, what lasts and the terms as Arrow files with zstd.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from io import BytesIO
from typing import Any, Final

import numpy as np
import polars as pl

from bihuan.telemetry.dialect import Dialect
from bihuan.telemetry.live.identity import Standing
from bihuan.telemetry.live.slots import Slots, rules_of
from bihuan.telemetry.live.state import State, Waiting
from bihuan.telemetry.live.terms import Terms
from bihuan.telemetry.packs import PackLimit

VERSION: Final = 2
_WHAT: Final = b"bihuan judge"
_LENGTH_BYTES: Final = 8
_DIGEST_BYTES: Final = 32


class Unusable(Exception):  # noqa: N818 - says what is wrong
    """A snapshot that is damaged, of another version, of another dialect or of other rules."""


def packed(state: State, terms: Terms, *, number: int) -> bytes:
    """Everything that is carried after the commit of this number."""
    head = {
        "version": VERSION,
        "dialect": dialect_digest(terms.by),
        "rules": terms.rules,
        "number": number,
        "next_id": state.next_id,
        "mines": state.points.mines,
        "newest": state.newest.tolist(),
        "gone": [[number, *one] for number, one in sorted(state.gone.items())],
        "waiting": [
            [number, slot, *one]
            for number, held in sorted(state.waiting.items())
            for slot, one in sorted(held.items())
        ],
    }
    of_points = pl.DataFrame({"code": state.points.codes, **state.of.columns()})
    is_held = state.lasting.columns()["id"] != 0
    lasting = {name: column[is_held] for name, column in state.lasting.columns().items()}
    sections = (
        json.dumps(head).encode(),
        _frame_bytes(of_points),
        _frame_bytes(pl.DataFrame(lasting)),
        _frame_bytes(pl.DataFrame(terms.numbers())),
    )
    body = b"".join(len(one).to_bytes(_LENGTH_BYTES, "big") + one for one in sections)
    return _WHAT + hashlib.sha256(body).digest() + body


def unpacked(
    data: bytes, *, by: Dialect, limits: Sequence[PackLimit] = ()
) -> tuple[State, Terms, int]:
    """The state, the terms and the number of the commit; `Unusable` when it can't be used."""
    edge = len(_WHAT) + _DIGEST_BYTES
    body = memoryview(data)[edge:]
    if data[:edge] != _WHAT + hashlib.sha256(body).digest():
        raise Unusable("the snapshot is damaged or isn't one")
    sections = _sections(body)
    head = json.loads(bytes(sections[0]))
    expected = {"version": VERSION, "dialect": dialect_digest(by), "rules": rules_of(limits)}
    for name, wanted in expected.items():
        if head[name] != wanted:
            raise Unusable(f"the snapshot has {name} {head[name]!r}, not {wanted!r}")
    of_points, lasting, numbers = (pl.read_ipc(BytesIO(one)) for one in sections[1:])
    state = State(Slots(limits), next_id=head["next_id"])
    for mine in head["mines"]:
        state.points.mine_number(mine)
    state.points.numbers(of_points["code"])
    state.make_room()
    state.newest = np.array(head["newest"], np.int64)
    state.of.fill(_columns(of_points.drop("code")))
    state.gone = {number: Standing(*rest) for number, *rest in head["gone"]}
    if len(lasting):
        state.lasting.fill(_columns(lasting))
        held = state.lasting.columns()
        state.rows[held["point"], held["slot"]] = np.arange(len(lasting))
    for number, slot, *figures in head["waiting"]:
        state.hold_back(number, slot, Waiting(*figures))
    return state, Terms(by, numbers.to_numpy(), limits=limits), head["number"]


def dialect_digest(by: Dialect) -> str:
    """What says that a dialect judges as another one did."""
    told = {one.name: getattr(by, one.name) for one in fields(by)}
    return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()


def _sections(body: memoryview) -> list[memoryview]:
    found = []
    while body:
        end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "big")
        found.append(body[_LENGTH_BYTES:end])
        body = body[end:]
    return found


def _frame_bytes(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def _columns(frame: pl.DataFrame) -> dict[str, np.ndarray[Any, Any]]:
    return {column.name: column.to_numpy() for column in frame}
