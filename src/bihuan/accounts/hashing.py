"""How passwords are hashed, with its cost stated here and not left to a library's default."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class StatedArgon2(Argon2PasswordHasher):
    """Argon2id with 64 MiB and three passes, the second choice of RFC 9106 on two lanes."""

    time_cost = 3
    memory_cost = 64 * 1024  # KiB
    parallelism = 2
