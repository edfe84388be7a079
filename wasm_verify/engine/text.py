"""UTF-8 for the TextDecoder and TextEncoder of host.js."""

import ctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasm_verify.engine.host import Host


class Text:
    """None of these ever raises: their callers are C."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    def decode(self, number: float, start: float, size: float, listed: str = "") -> str:
        """`!` and the text if the bytes were no UTF-8, else a space and the text."""
        instance = self._host.instances.get(int(number))
        if instance is not None:
            data = instance.read(int(start), int(size))
        else:
            data = bytes(map(int, listed.split(","))) if listed else b""
        try:
            return " " + data.decode()
        except UnicodeDecodeError:
            return "!" + data.decode(errors="replace")

    def encode(self, text: str) -> None:
        """Sets `hostBuffer` to the bytes of a text."""
        self._host.realm.copy(text.encode())

    def encode_into(self, number: float, start: float, room: float, text: str) -> str:
        """Writes as many whole characters as there is room for. `read written`, in 16-bit units
        and in bytes."""
        instance = self._host.instances.get(int(number))
        data = text.encode()
        read = len(text.encode("utf-16-le")) // 2
        if len(data) > room:
            data = data[: int(room)].decode(errors="ignore").encode()
            read = len(data.decode().encode("utf-16-le")) // 2
        if instance is None or not 0 <= start <= instance.memory_size() - len(data):
            return "0 0"
        ctypes.memmove(instance.memory_address() + int(start), data, len(data))
        return f"{read} {len(data)}"
