"""How files arrive: a watched folder, HTTP, MQTT; committed in groups, then acknowledged."""
