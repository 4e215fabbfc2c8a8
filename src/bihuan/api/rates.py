"""How often a token may ask: a bucket per token, in memory, refilled as time goes by."""

from collections import OrderedDict
from threading import Lock


class Rate:
    """Allow `per_minute` requests per key on the whole and `burst` at once; bounded in memory."""

    def __init__(self, *, per_minute: int, burst: int, keys_max: int = 10_000) -> None:
        self._per_second = per_minute / 60
        self._burst = float(burst)
        self._keys_max = keys_max
        self._buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def take(self, key: int, *, at_s: float) -> float:
        """Take one request at that second; 0 when it is allowed, else seconds to wait."""
        with self._lock:
            left, since = self._buckets.pop(key, (self._burst, at_s))
            left = min(self._burst, left + max(at_s - since, 0.0) * self._per_second)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, at_s)
            if len(self._buckets) > self._keys_max:
                self._buckets.popitem(last=False)
            return 0.0 if allowed else (1 - left) / self._per_second
