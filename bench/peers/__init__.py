"""Other programs with the same readings and the same rules; one that isn't here has no figure."""

from bench.peers.clickhouse import measure as chdb
from bench.peers.feeding import Ours, Size
from bench.peers.postgres import measure as postgres
from bench.peers.watchers import prometheus, victoria

__all__ = ["PEERS", "Ours", "Size"]
PEERS = (prometheus, victoria, postgres, chdb)
