"""Counts the live bytes of a module by walking the chunks of its allocator in linear memory.

Rust's standard allocator on WebAssembly is dlmalloc. Its memory is all that was ever grown: one
segment, from the end of the initial memory to the end of the memory.

    start                                                          end of memory
    │ prev │ size│flags │ payload … │ prev │ size│flags │ … │ top chunk │ 40 bytes │
      u32    u32                                               free       tail

Flags: 1 the chunk before is in use, 2 this one is. Fact: where every size leads to the next header,
every "before" flag agrees with the chunk before, and the walk ends exactly at the tail, this is
dlmalloc's heap. Anything else, even a little, is "unknown", never a number.
"""

import ctypes

PAGE_BYTES = 65536
UNKNOWN = -1
TAIL_BYTES = 40
PREVIOUS_IN_USE, IN_USE = 1, 2
_FLAGS = 7
_SMALLEST = 16


def live_bytes(address: int, start: int, end: int) -> int:
    """Bytes in chunks that are in use, headers included, or UNKNOWN. `start` and `end` are offsets
    from `address`."""
    if start <= 0 or end - start < PAGE_BYTES:
        return UNKNOWN
    words = (ctypes.c_uint32 * ((end - start) // 4)).from_address(address + start)
    return _walk(words, (end - start) // 4)


def _walk(words: "ctypes.Array[ctypes.c_uint32]", count: int) -> int:
    at = live = 0
    before_in_use = True
    tail = count - TAIL_BYTES // 4
    while at < tail:
        head: int = words[at + 1]
        size = head & ~_FLAGS
        if size < _SMALLEST or bool(head & PREVIOUS_IN_USE) != before_in_use:
            return UNKNOWN
        before_in_use = bool(head & IN_USE)
        live += size if before_in_use else 0
        at += size >> 2
    # The chunk before the tail is the top, which is always free.
    ended = at == tail and words[at + 1] == TAIL_BYTES and not before_in_use
    return live if ended else UNKNOWN
