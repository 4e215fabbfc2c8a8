"""Words beside lines of a drawing: as near to them as they can stand without touching."""

from collections.abc import Sequence


def apart(wanted: Sequence[float], *, gap: float, least: float, most: float) -> list[float]:
    """Places in the order given, rising, at least a gap apart, between the ends if there is room.

    What is too close together moves as little as it can: the group stays around its middle.
    """
    groups: list[tuple[float, int]] = []  # the place of the first one, how many
    for number, place in enumerate(wanted):
        mean, count = place - number * gap, 1
        while groups and groups[-1][0] > mean:
            other, more = groups.pop()
            mean, count = (other * more + mean * count) / (more + count), more + count
        groups.append((mean, count))
    last = most - (len(wanted) - 1) * gap
    firsts = [max(min(mean, last), least) for mean, count in groups for _each in range(count)]
    return [round(first + number * gap, 1) for number, first in enumerate(firsts)]
