"""What untrusted code may use."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20
PAGE_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Limits:
    memory: int = 512 * MEBIBYTE
    """Bytes that one linear memory may grow to, and that the values of JavaScript may take."""
    fuel: int = 500_000_000
    """Units of work of one operation. wasmtime does some 10⁹ a second."""
    timeout: float = 60.0
    """Seconds for one operation; then the child process that runs it is ended."""

    @property
    def address_space(self) -> int:
        """Bytes of address space for the child process: module code, both memories, Python."""
        return 4 * self.memory + 2048 * MEBIBYTE
