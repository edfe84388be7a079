// Counts the live bytes of a module by walking the chunks of its allocator in linear memory.
//
// Rust's standard allocator on WebAssembly is dlmalloc. Its memory is all that was ever grown: one
// segment, from the end of the initial memory to the end of the memory.
//
//   start                                                          end of memory
//   │ prev │ size│flags │ payload … │ prev │ size│flags │ … │ top chunk │ 40 bytes │
//     u32    u32                                               free       tail
//
// Flags: 1 the chunk before is in use, 2 this one is. Fact: where every size leads to the next header,
// every "before" flag agrees with the chunk before, and the walk ends exactly at the tail, this is
// dlmalloc's heap. Anything else, even a little, is unknown, never a number.
"use strict";
globalThis.hostAllocator = (() => {
  const Words = Uint32Array, Memory = WebAssembly.Memory;
  const UNKNOWN = -1;
  const PAGE_BYTES = 65536, TAIL_BYTES = 40, SMALLEST = 16;
  const PREVIOUS_IN_USE = 1, IN_USE = 2, FLAGS = 7;
  // wasm-bindgen keeps or numbers the names of its allocator.
  const isRust = (exports) => Object.keys(exports).some((name) => /^__wbindgen_(malloc|export)/.test(name));

  function walk(words) {
    let at = 0, live = 0, beforeInUse = PREVIOUS_IN_USE;
    const tail = words.length - TAIL_BYTES / 4;
    while (at < tail) {
      const head = words[at + 1], size = head & ~FLAGS;
      if (size >>> 0 < SMALLEST || (head & PREVIOUS_IN_USE) !== beforeInUse) return UNKNOWN;
      beforeInUse = (head & IN_USE) >> 1;
      if (beforeInUse) live += size >>> 0;
      at += size >>> 2;
    }
    // The chunk before the tail is the top, which is always free.
    return at === tail && words[at + 1] === TAIL_BYTES && !beforeInUse ? live : UNKNOWN;
  }

  // Bytes in chunks that are in use, headers included, or -1. `start` is the size of the initial memory.
  function liveBytes(exports, start) {
    const memory = Object.values(exports).find((one) => one instanceof Memory);
    if (memory === undefined || start === 0) return UNKNOWN;
    const buffer = memory.buffer;
    // Nothing was ever grown: an empty heap, where the allocator is one that grows for it.
    if (buffer.byteLength === start) return isRust(exports) ? 0 : UNKNOWN;
    return walk(new Words(buffer, start));
  }

  return { liveBytes, UNKNOWN };
})();
