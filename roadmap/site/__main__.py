"""`python -m roadmap.site` is `python -m roadmap docs`."""

import sys

from roadmap.site.cli import main

sys.exit(main())
