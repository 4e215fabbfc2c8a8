"""Settings, URLs, command line and processes: where everything is put together."""
