"""The command line of the site: `python -m roadmap.site`, which the nox session `docs` calls."""

import sys

from roadmap.site.cli import main

sys.exit(main())
