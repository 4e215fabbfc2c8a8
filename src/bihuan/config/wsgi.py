"""Entry point for granian; a fault of the declarations stops it before the first request."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")
application = get_wsgi_application()

from bihuan.config.door import Door  # noqa: E402 - the apps must be ready first
from bihuan.config.inspection import stop_on_faults  # noqa: E402 - the same
from bihuan.config.logs import end_plainly  # noqa: E402 - the same

stop_on_faults()
end_plainly()
door = Door(application)
