"""What goes wrong by the doing of the user, and how it is told."""


class UserError(Exception):
    """One line that names the file, the place and the remedy; never shown with a traceback."""
