"""The bare page: a list as it stood once, rendered from memory behind the same server.

No session, no scope, no database: what is left is the server, Django's way to a view and the
template. It says how much of a page's cost could be saved at most.
"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"

from django.core.wsgi import get_wsgi_application

from bihuan.config.door import Door

application = get_wsgi_application()
door = Door(application)

from bench.bare_view import remember  # noqa: E402 - the apps must be ready first

remember(os.environ["BENCH_ACCOUNT"])
