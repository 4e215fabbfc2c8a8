"""The engine: matters, their trail, clocks, numbers, inbox and outbox."""
