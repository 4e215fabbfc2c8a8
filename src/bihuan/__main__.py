"""Run the command line: `python -m bihuan VERB`."""

import sys

from bihuan.config.cli import main

sys.exit(main())
