"""`python -m cleanuplint`."""

from cleanuplint.cli import main

main()
