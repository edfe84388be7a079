"""What goes wrong before anything can be verified."""


class VerifyError(Exception):
    """The verifier can't do its job. The text is one line: what, where, what to do about it."""


class ModuleError(VerifyError):
    """The module, or the package that it comes in, can't be verified."""


class InputError(VerifyError):
    """A file or an option of the user's doesn't say what it should."""
