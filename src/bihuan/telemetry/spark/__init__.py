"""The same judging spread over many machines: Spark hands out shards, keeps state, starts again."""
