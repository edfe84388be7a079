"""What untrusted code may use."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20
PAGE_BYTES = 65536
OUT_OF_STEPS = 86
"""Exit code of a child whose JavaScript used up its steps."""
FUEL = 500_000_000
STEPS = 100_000_000
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    memory: int = 512 * MEBIBYTE
    """Bytes that one linear memory may grow to, and that the values of JavaScript may take."""
    fuel: int = FUEL
    """Units of work of the module in one operation. wasmtime does some 10⁹ a second."""
    steps: int = STEPS
    """Calls and jumps of JavaScript in one operation. QuickJS does 2·10⁷ to 5·10⁸ a second."""
    timeout: float = SECONDS
    """Seconds for one operation; then the child process that runs it is ended. A busy machine is
    slower: where fuel and steps end a call first, its verdict is the same on every machine."""

    @classmethod
    def of(cls, memory: int, timeout: float) -> "Limits":
        """Who gives a call more time lets it do more work. Less time ends it by the clock."""
        share = max(1.0, timeout / SECONDS)
        return cls(memory, int(FUEL * share), int(STEPS * share), timeout)

    @property
    def address_space(self) -> int:
        """Bytes of address space for the child process: module code, both memories, Python."""
        return 4 * self.memory + 2048 * MEBIBYTE
