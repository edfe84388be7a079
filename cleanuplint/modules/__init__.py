"""Which file an import names: relative paths, packages, workspaces, path mappings."""

from cleanuplint.modules.resolve import Modules

__all__ = ["Modules"]
