"""Hidden work under an order where little is told: gas, records, storms, what rests look like."""

from datetime import date, timedelta

from bihuan.telemetry.detectors.night import Block, Hour, Scale, Seen, Settings, scale_of, suspect
from bihuan.telemetry.detectors.pairs import Answer, Compared

SETTINGS = Settings()
FIRST = date(2026, 3, 1)


def nights(power: float | None, count: int = 6, **told: object) -> list[Seen]:
    """Nights one after the other that look the same."""
    plain = {"contrast": None, "gas": None, **told}
    return [
        Seen(day=FIRST + timedelta(days=n), block=Block.NIGHT, power=power, **plain)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_gas_counts_only_where_it_is_told() -> None:
    blind = Scale(low_kwh=10, high_kwh=110, low_gas=0.2, high_gas=0.2)
    assert blind.gas(0.9) == 0.0
    assert Scale(low_kwh=10, high_kwh=110, low_gas=0.2, high_gas=0.6).gas(0.6) == 1.0
    hours = [Hour(kwh=float(n), methane=None) for n in range(300)]
    found = scale_of(hours)
    assert found is not None
    assert found.gas(1.0) == 0.0
    assert scale_of(hours[:100]) is None


def test_nothing_is_suspected_of_silence_records_or_storms() -> None:
    assert suspect(nights(None), resting=[], settings=SETTINGS) == []
    assert suspect(nights(0.9, is_on_record=True), resting=[], settings=SETTINGS) == []
    stormy = suspect(nights(0.4, count=1, is_stormy=True), resting=[], settings=SETTINGS)
    assert stormy == []


def test_work_by_night_is_suspected_with_and_without_contrast() -> None:
    (plain,) = suspect(nights(0.9), resting=[], settings=SETTINGS)
    (told,) = suspect(nights(0.9, contrast=0.9, gas=0.5), resting=[], settings=SETTINGS)
    assert plain.by_night
    assert told.strength >= plain.strength


def test_a_mine_is_measured_by_its_own_rest() -> None:
    resting = nights(0.5, contrast=0.4) + nights(0.5, is_stormy=True) + nights(None)
    at_rest = suspect(nights(0.5, contrast=0.4), resting=resting, settings=SETTINGS)
    assert at_rest == []
    assert suspect(nights(0.5), resting=[], settings=SETTINGS)


def test_a_pair_without_an_expectation_has_no_deviation() -> None:
    told = {"first": "output_t", "second": "power_kwh", "answer": next(iter(Answer))}
    assert Compared(**told).deviation_pct is None
