import sys

from weaver.cli import main

sys.exit(main())
