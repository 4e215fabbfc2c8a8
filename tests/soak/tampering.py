"""Single tamperings straight in the tables, past triggers and engine: what `verify` must name."""

import json
import random
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bihuan.matters import trail
from bihuan.matters.case import COLUMNS
from bihuan.matters.models import Entry, Facts, Matter, Seal
from bihuan.matters.seals import LEAF, leaves_of
from tests.soak.forging import Tampering, flipped, other_than, run
from tests.soak.ground import is_sqlite
from tests.soak.tampering_rows import add_row, change_projection, change_row, delete_row

ENTRY_COLUMNS = ("step", "actor_id", "happened_at", "recorded_at")


def tamper(draw: random.Random) -> Tampering:
    """Do one tampering of a drawn kind to a drawn row."""
    return draw.choice(KINDS)(draw)


def flip_body(draw: random.Random) -> Tampering:
    """One bit of an entry's bytes."""
    entry = _entry(draw)
    _set_entry(entry, "body", flipped(draw, bytes(entry.body)))
    return _named("a bit of the body", entry)


def flip_hash(draw: random.Random) -> Tampering:
    """One bit of an entry's hash."""
    entry = _entry(draw)
    _set_entry(entry, "hash", flipped(draw, bytes(entry.hash)))
    return _named("a bit of the hash", entry)


def change_entry_column(draw: random.Random) -> Tampering:
    """A projection of an entry says something else than its bytes."""
    entry, column = _entry(draw), draw.choice(ENTRY_COLUMNS)
    _set_entry(entry, column, other_than(draw, getattr(entry, column)))
    return _named(f"entry column {column}", entry)


def delete_entry(draw: random.Random) -> Tampering:
    """An entry is taken away, first, last or between."""
    entry = _entry(draw)
    run("DELETE FROM matters_entry WHERE matter_id = %s AND seq = %s", entry.matter_id, entry.seq)
    return _named("an entry deleted", entry)


def cut_tail(draw: random.Random) -> Tampering:
    """The last entries are taken away and the head set back, as if they had never been."""
    entry = _entry(draw)
    last = Entry.objects.filter(matter_id=entry.matter_id).order_by("-seq").first()
    keep = draw.randint(0, last.seq - 1) if last else 0
    kept = Entry.objects.filter(matter_id=entry.matter_id, seq=keep).first()
    head = bytes(kept.hash) if kept else trail.GENESIS
    run("DELETE FROM matters_entry WHERE matter_id = %s AND seq > %s", entry.matter_id, keep)
    run(
        "UPDATE matters_matter SET last_seq = %s, head = %s WHERE id = %s",
        keep,
        head,
        entry.matter_id,
    )
    return _named("the tail cut and the head set back", entry)


def swap_entries(draw: random.Random) -> Tampering:
    """Two entries of a matter change places."""
    entry = _entry(draw, longer_than=1)
    other = draw.choice(
        list(Entry.objects.filter(matter_id=entry.matter_id).exclude(seq=entry.seq))
    )
    sql = "UPDATE matters_entry SET seq = %s WHERE matter_id = %s AND seq = %s"
    run(sql, -1, entry.matter_id, entry.seq)
    run(sql, entry.seq, entry.matter_id, other.seq)
    run(sql, other.seq, entry.matter_id, -1)
    return _named("two entries swapped", entry)


def move_entry(draw: random.Random) -> Tampering:
    """An entry is hung on another matter."""
    entry = _entry(draw)
    other = _matter(draw, other_than=entry.matter_id)
    sql = "UPDATE matters_entry SET matter_id = %s, seq = %s WHERE matter_id = %s AND seq = %s"
    run(sql, other.pk, other.last_seq + 1, entry.matter_id, entry.seq)
    names = (f"matter {entry.matter_id} ", f"matter {entry.matter_id}:", f"matter {other.pk} ")
    return Tampering(what=f"entry {entry} moved to {other.pk}", names=names)


def insert_entry(draw: random.Random) -> Tampering:
    """A forged entry is put behind the last one, well chained; with or without the new head."""
    matter = _matter(draw)
    entry = Entry.objects.get(matter_id=matter.pk, seq=matter.last_seq)
    told = trail.from_bytes(bytes(entry.body))
    body = _again(told, previous=bytes(entry.hash), seq=entry.seq + 1, changes={"forged": True})
    run(
        "INSERT INTO matters_entry"
        " (matter_id, seq, step, actor_id, happened_at, recorded_at, hash, body)"
        " SELECT matter_id, seq + 1, step, actor_id, happened_at, recorded_at, %s, %s"
        " FROM matters_entry WHERE matter_id = %s AND seq = %s",
        trail.digest(body),
        body,
        matter.pk,
        entry.seq,
    )
    if draw.random() < 0.5:
        return _named("an entry inserted", entry)
    _set_head(matter.pk, entry.seq + 1, trail.digest(body))
    day = date.fromordinal(trail.recorded_day(body))
    names = (f"seal of {day}: matter {matter.pk} ", f"seal of {day}: entries were added")
    return Tampering(what=f"an entry inserted after {entry}, head and all", names=names)


def rewrite_trail(draw: random.Random) -> Tampering:
    """A matter's trail is written anew from one entry on, chain and head valid."""
    entry = _entry(draw)
    previous = trail.previous_of(bytes(entry.body))
    for later in Entry.objects.filter(matter_id=entry.matter_id, seq__gte=entry.seq):
        told = trail.from_bytes(bytes(later.body))
        changes = {**told.changes, "forged": True} if later.seq == entry.seq else told.changes
        body = _again(told, previous=previous, seq=told.seq, changes=changes)
        _set_entry(later, "body", body)
        _set_entry(later, "hash", previous := trail.digest(body))
        _set_head(entry.matter_id, later.seq, previous)
    return _named("a trail written anew", entry)


def change_matter(draw: random.Random) -> Tampering:
    """A column of a matter that the trail vouches for."""
    matter = _matter(draw)
    column = draw.choice([*COLUMNS, "last_seq", "head"])
    value = getattr(matter, column)
    if column == "closed_at" and value is None:
        other = matter.opened_at
    else:
        other = flipped(draw, bytes(value)) if column == "head" else other_than(draw, value)
    run(f"UPDATE matters_matter SET {column} = %s WHERE id = %s", other, matter.pk)  # noqa: S608
    return Tampering(what=f"matter column {column}", names=(f"matter {matter.pk}:",))


def change_fact(draw: random.Random) -> Tampering:
    """A fact is changed, taken away or added."""
    facts = _facts(draw)
    data, key = dict(facts.data), draw.choice(sorted(facts.data))
    how = draw.choice(("changed", "removed", "added"))
    if how == "changed":
        data[key] = other_than(draw, data[key])
    elif how == "removed":
        del data[key]
    else:
        data["forged"] = draw.choice((True, 1, "是"))
    text = json.dumps(data, ensure_ascii=False)
    run("UPDATE matters_facts SET data = %s WHERE matter_id = %s", text, facts.pk)
    return Tampering(what=f"fact {key} {how}", names=(f"matter {facts.pk}: fact ",))


def delete_facts(draw: random.Random) -> Tampering:
    """All facts of a matter go."""
    facts = _facts(draw)
    run("DELETE FROM matters_facts WHERE matter_id = %s", facts.pk)
    return Tampering(what="facts deleted", names=(f"matter {facts.pk}: fact ",))


def delete_matter(draw: random.Random) -> Tampering:
    """A matter goes: its row alone, its trail alone, or everything there is of it."""
    matter = _matter(draw)
    how = draw.choice(("row", "trail", "whole"))
    children = ("matters_timer", "matters_searchtext", "matters_recusal", "matters_attachment")
    if how in ("trail", "whole"):
        run("DELETE FROM matters_entry WHERE matter_id = %s", matter.pk)
    if how == "whole":
        for table in (*children, "matters_facts"):
            run(f"DELETE FROM {table} WHERE matter_id = %s", matter.pk)  # noqa: S608
    if how in ("row", "whole"):
        run("DELETE FROM matters_matter WHERE id = %s", matter.pk)
    names = (f"matter {matter.pk} entry", f"matter {matter.pk}:")
    return Tampering(what=f"matter deleted: {how}", names=names)


def invent_matter(draw: random.Random) -> Tampering:
    """A matter that nobody opened, copied from another."""
    matter = _matter(draw)
    columns = [str(field.column) for field in Matter._meta.concrete_fields]
    changed = {"id": "id + 1", "number": "''", "acceptance_number": "''"}  # given once each
    values = ", ".join(changed.get(column, column) for column in columns)
    run(
        f"INSERT INTO matters_matter ({', '.join(columns)})"  # noqa: S608
        f" SELECT {values} FROM matters_matter WHERE id = %s",
        matter.pk,
    )
    return Tampering(what="a matter invented", names=(f"matter {matter.pk + 1}: has no trail",))


def change_seal(draw: random.Random) -> Tampering:
    """A bit of a seal's hashes, or its counters."""
    seal, column = _seal(draw), draw.choice(("hash", "previous", "counters"))
    if column == "counters":
        forged = json.dumps([*seal.counters, ["forged", "", "", 2026, draw.randint(1, 99)]])
        _set_seal(seal, column, forged)
    else:
        _set_seal(seal, column, flipped(draw, bytes(getattr(seal, column))))
    return Tampering(what=f"seal column {column}", names=(f"seal of {seal.day}:",))


def change_leaf(draw: random.Random) -> Tampering:
    """A leaf of a seal: changed, taken away or added, packed as a seal packs them."""
    seal = _seal(draw, with_leaves=True)
    leaves = [LEAF.pack(leaf.matter_id, leaf.seq, leaf.head) for leaf in leaves_of(seal)]
    place = draw.randrange(len(leaves))
    how = draw.choice(("changed", "removed", "added"))
    if how == "changed":
        leaves[place] = flipped(draw, leaves[place])
    elif how == "removed":
        del leaves[place]
    else:
        leaves.insert(place, flipped(draw, leaves[place]))
    _set_seal(seal, "leaves", zlib.compress(b"".join(leaves)))
    return Tampering(what=f"leaf {how}", names=(f"seal of {seal.day}:",))


def spoil_leaves(draw: random.Random) -> Tampering:
    """A bit of the packed leaves, so that they may not even unpack.

    The bits that fill the last byte of the packing up say nothing: with them spoilt the same
    leaves unpack, and nothing has been changed.
    """
    seal = _seal(draw, with_leaves=True)
    packed = bytes(seal.leaves)
    spoilt = flipped(draw, packed)
    while _unpacked(spoilt) == zlib.decompress(packed):
        spoilt = flipped(draw, packed)
    _set_seal(seal, "leaves", spoilt)
    return Tampering(what="packed leaves spoilt", names=(f"seal of {seal.day}:",))


def _unpacked(packed: bytes) -> bytes | None:
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return None


def spoil_moment(draw: random.Random) -> Tampering:
    """Words in a column of moments: SQLite takes them, PostgreSQL refuses by itself."""
    matter = _matter(draw)
    if not is_sqlite():
        return change_matter(draw)
    if draw.random() < 0.5:
        sql = "UPDATE matters_entry SET happened_at = %s WHERE matter_id = %s AND seq = 1"
    else:
        sql = "UPDATE matters_matter SET opened_at = %s WHERE id = %s"
    run(sql, draw.choice(("昨天", "2026-13-41", "")), matter.pk)
    names = (f"matter {matter.pk} ", f"matter {matter.pk}:")
    return Tampering(what="a moment spoilt", names=names)


def delete_seal(draw: random.Random) -> Tampering:
    """A seal goes; the newest one is only missed by an outside copy and is left out here."""
    days = list(Seal.objects.order_by("day").values_list("day", flat=True))
    day = draw.choice(days[:-1])
    run("DELETE FROM matters_seal WHERE day = %s", day)
    return Tampering(what="seal deleted", names=(f"seal of {day + timedelta(days=1)}:",))


def move_seal(draw: random.Random) -> Tampering:
    """A seal is given the day before the first one."""
    seal = _seal(draw)
    first = Seal.objects.order_by("day").values_list("day", flat=True)[0]
    _set_seal(seal, "day", first - timedelta(days=1))
    return Tampering(what="seal moved", names=("seal of",))


KINDS: tuple[Callable[[random.Random], Tampering], ...] = (
    flip_body,
    flip_hash,
    change_entry_column,
    delete_entry,
    cut_tail,
    swap_entries,
    move_entry,
    insert_entry,
    rewrite_trail,
    change_matter,
    change_matter,
    change_fact,
    delete_facts,
    delete_matter,
    invent_matter,
    change_seal,
    change_leaf,
    spoil_moment,
    delete_seal,
    move_seal,
    spoil_leaves,
    change_projection,
    change_row,
    change_row,
    change_row,
    delete_row,
    add_row,
)


def _entry(draw: random.Random, *, longer_than: int = 0) -> Entry:
    found = Entry.objects.filter(seq__gt=longer_than).order_by("matter_id", "seq")
    return found[draw.randrange(found.count())]


def _matter(draw: random.Random, *, other_than: int = 0) -> Matter:
    return draw.choice(list(Matter.objects.exclude(pk=other_than).order_by("id")))


def _facts(draw: random.Random) -> Facts:
    return draw.choice([row for row in Facts.objects.order_by("pk") if row.data])


def _seal(draw: random.Random, *, with_leaves: bool = False) -> Seal:
    found = Seal.objects.filter(leaf_count__gt=0) if with_leaves else Seal.objects.all()
    return draw.choice(list(found.order_by("day")))


def _named(what: str, entry: Entry) -> Tampering:
    names = (f"matter {entry.matter_id} entry", f"matter {entry.matter_id}:")
    return Tampering(what=f"{what} ({entry})", names=names)


def _again(told: trail.Line, *, previous: bytes, seq: int, changes: Any) -> bytes:
    line = trail.Line(**{**told.__dict__, "seq": seq, "changes": changes})
    return trail.to_bytes(line, previous=previous)


def _set_entry(entry: Entry, column: str, value: Any) -> None:
    sql = f"UPDATE matters_entry SET {column} = %s WHERE matter_id = %s AND seq = %s"  # noqa: S608
    run(sql, value, entry.matter_id, entry.seq)


def _set_head(matter_id: int, seq: int, head: bytes) -> None:
    run("UPDATE matters_matter SET last_seq = %s, head = %s WHERE id = %s", seq, head, matter_id)


def _set_seal(seal: Seal, column: str, value: Any) -> None:
    run(f"UPDATE matters_seal SET {column} = %s WHERE day = %s", value, seal.day)  # noqa: S608
