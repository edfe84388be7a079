// `WebAssembly` for one module that the host has compiled, and the few things of the Web and of Node
// that generated glue asks for. Nothing else of either exists here.
//
// Values cross in a scratch of 16-byte slots that both sides see: JavaScript writes arguments through
// typed arrays, which are the conversions that the standard asks for, and reads results the same way.
//
//   JavaScript ─ export(a, b) ─▶ slots ─ hostCall ─▶ module
//   module ─ import ─▶ host copies its slots ─ hostImport ─▶ JavaScript
"use strict";
(() => {
  const call = hostCall, table = hostTable, grow = hostGrow, global_ = hostGlobal;
  const decode = hostDecode, encode = hostEncode, encodeInto = hostEncodeInto;
  const next = hostNext, instantiate = hostInstantiate, share = hostMemory, collect = hostCollect;
  const shape = JSON.parse(hostShape);
  const scratch = hostBuffer;
  const I32 = new Int32Array(scratch), I64 = new BigInt64Array(scratch);
  const F32 = new Float32Array(scratch), F64 = new Float64Array(scratch);
  // Linear memory stays the host's: its buffer must never change hands.
  for (const name of Object.getOwnPropertyNames(ArrayBuffer.prototype))
    if (name.startsWith("transfer")) delete ArrayBuffer.prototype[name];
  const instances = new Map();
  let top = 0;
  let thrown;

  class RuntimeError extends Error { get name() { return "RuntimeError"; } }
  class CompileError extends Error { get name() { return "CompileError"; } }
  class LinkError extends Error { get name() { return "LinkError"; } }

  // ---- references: JavaScript values by number, per instance; 0 is null ----

  class References {
    constructor(id) { this.id = id; this.values = [null]; this.free = []; this.limit = 4096; }
    keep(value) {
      if (value === null) return 0;
      if (this.free.length === 0 && this.values.length > this.limit) this.collect();
      const at = this.free.length ? this.free.pop() : this.values.length;
      this.values[at] = value;
      return at;
    }
    collect() {
      const dead = collect(this.id);
      for (const at of dead ? dead.split(",") : []) { this.values[at] = undefined; this.free.push(+at); }
      this.limit = Math.max(4096, 2 * (this.values.length - this.free.length));
    }
  }

  // ---- calls: one function per signature, made once ----

  const store = { i: ["I32", 4], I: ["I64", 2], f: ["F32", 4], F: ["F64", 2] };
  const slot = (kind, n) => { const [view, scale] = store[kind]; return `${view}[(s + ${n}) * ${scale}]`; };
  const read = (kind, n) => (kind === "r" ? `R.values[I32[(s + ${n}) * 4]]` : slot(kind, n));
  const write = (kind, n, value) =>
    kind === "r" ? `I32[(s + ${n}) * 4] = R.keep(${value});` : `${slot(kind, n)} = ${value};`;
  const compile = (...source) => new Function("I32", "I64", "F32", "F64", ...source);
  const remember = (make) => {
    const made = new Map();
    return (type) => {
      if (!made.has(type)) made.set(type, make(...type.split(":")));
      return made.get(type);
    };
  };

  const exporter = remember((params, results) => {
    const names = [...params].map((_, n) => `a${n}`);
    const result = [...results].map(read);
    return compile("R", "enter", `return function (${names}) {
      const s = enter.top();
      ${[...params].map((kind, n) => write(kind, n, names[n])).join("\n")}
      enter.call(s, ${Math.max(names.length, result.length, 1)});
      ${result.length === 0 ? "" : `return ${result.length > 1 ? `[${result}]` : result[0]};`}
    }`);
  });

  const importer = remember((params, results) => {
    const one = results.length === 1;
    return compile("R", `return function (f, s) {
      const r = f(${[...params].map(read)});
      ${one ? write(results, 0, "r") : results ? "const rs = [...r];" : ""}
      ${one ? "" : [...results].map((kind, n) => write(kind, n, `rs[${n}]`)).join("\n")}
    }`);
  });

  function fail(status) {
    if (status !== "thrown") throw new RuntimeError(status);
    const error = thrown;
    thrown = undefined;
    throw error.value;
  }

  // Where an export's function number n of one instance is entered.
  const entry = (id, n) => ({
    top: () => top,
    call(s, slots) {
      top = s + slots;
      const status = call(id, n, s, top);
      top = s;
      if (status !== null) fail(status);
    },
  });

  globalThis.hostImport = (id, n, s, end) => {
    const saved = top;
    top = end;
    try {
      const instance = instances.get(id);
      instance.callers[n](instance.functions[n], s);
      return 0;
    } catch (value) {
      thrown = { value };
      return 1;
    } finally {
      top = saved;
    }
  };

  // ---- WebAssembly ----

  class Module {
    static imports() { return shape.imports.map(({ module, name, kind }) => ({ module, name, kind })); }
    static exports() { return shape.exports.map(({ name, kind }) => ({ name, kind })); }
    static customSections() { return []; }
  }

  class Memory {
    constructor(id) { this.id = id; }
    get buffer() {
      if (this.seen === undefined || this.seen.byteLength === 0) {
        if (!share(this.id)) throw new RuntimeError("the instance of this memory is gone");
        this.seen = hostBuffer;
        memories.set(this.seen, this.id);
      }
      return this.seen;
    }
    grow(pages) {
      const was = grow(this.id, Number(pages));
      if (was < 0) throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
      return was;
    }
  }
  const memories = new WeakMap();

  class Table {
    constructor(id, n, references) { this.id = id; this.n = n; this.R = references; this.made = new Map(); }
    get length() { return +table(this.id, this.n, "length", 0, 0); }
    get(at) {
      const answer = table(this.id, this.n, "get", Number(at), 0);
      if (answer === "!") throw new RangeError("WebAssembly.Table.get(): invalid address");
      if (answer === null) return null;
      if (typeof answer === "number") return this.R.values[answer];
      const [number, type] = answer.split("/");
      if (!this.made.has(number)) this.made.set(number, exportOf(this.id, +number, type, this.R));
      return this.made.get(number);
    }
    set(at, value) {
      const kept = this.R.keep(value === undefined && arguments.length < 2 ? null : value);
      if (table(this.id, this.n, "set", Number(at), kept) === "!")
        throw new RangeError("WebAssembly.Table.set(): invalid address");
    }
    grow(by, value) {
      const was = table(this.id, this.n, "grow", Number(by), this.R.keep(value ?? null));
      if (was === "!") throw new RangeError("WebAssembly.Table.grow(): failed to grow table");
      return +was;
    }
  }

  class Global {
    constructor(id, n) { this.id = id; this.n = n; }
    get value() { const v = global_(this.id, this.n, null); return typeof v === "string" ? BigInt(v) : v; }
    set value(value) { global_(this.id, this.n, String(value)); }
    valueOf() { return this.value; }
  }

  function exportOf(id, n, type, references) {
    return exporter(type)(I32, I64, F32, F64, references, entry(id, n));
  }

  const wrap = {
    func: (id, one, R) => exportOf(id, one.number, one.type, R),
    memory: (id) => new Memory(id),
    table: (id, one, R) => new Table(id, one.number, R),
    global: (id, one) => new Global(id, one.number),
  };

  class Instance {
    constructor(module, imports) {
      if (!(module instanceof Module)) throw new TypeError("WebAssembly.Instance(): not a module");
      const functions = shape.imports.map(({ module, name }) => {
        const found = imports?.[module]?.[name];
        if (typeof found !== "function") throw new LinkError(`import ${module}.${name} is no function`);
        return found;
      });
      const id = next();
      const R = new References(id);
      const callers = shape.imports.map(({ type }) => importer(type)(I32, I64, F32, F64, R));
      // The number is known before the start function runs, which may call imports.
      instances.set(id, { functions, callers, R });
      const status = instantiate(id);
      if (status !== null) fail(status);
      const made = Object.create(null);
      for (const one of shape.exports) if (wrap[one.kind]) made[one.name] = wrap[one.kind](id, one, R);
      this.exports = instances.get(id).exports = Object.freeze(made);
      host.latest = id;
    }
  }

  const host = {
    latest: 0,
    // Puts `around(function)` in the place of each import of an instance.
    interpose(id, around) {
      const instance = instances.get(id);
      instance.functions = instance.functions.map(around);
    },
    drop: (id) => instances.delete(id),
    collect: (id) => instances.get(id)?.R.collect(),
    exports: (id) => instances.get(id).exports,
    initialBytes: shape.initialBytes,
  };
  globalThis.hostSide = host;

  globalThis.WebAssembly = {
    Module, Instance, Memory, Table, Global, RuntimeError, CompileError, LinkError,
    validate: () => true,
    compile: async () => new Module(),
    compileStreaming: async () => new Module(),
    instantiate: async (from, imports) =>
      from instanceof Module
        ? new Instance(from, imports)
        : { module: new Module(), instance: new Instance(new Module(), imports) },
    instantiateStreaming: async (from, imports) => ({
      module: new Module(), instance: new Instance(new Module(), imports),
    }),
  };

  // ---- text ----

  const bytesOf = (from) =>
    from === undefined ? new Uint8Array()
      : ArrayBuffer.isView(from) ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength)
        : new Uint8Array(from);

  globalThis.TextDecoder = class TextDecoder {
    constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
      if (!/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(label)) throw new RangeError(`no encoding ${label} here`);
      this.encoding = "utf-8"; this.fatal = fatal; this.ignoreBOM = ignoreBOM;
    }
    decode(from) {
      const bytes = bytesOf(from);
      const id = memories.get(bytes.buffer);
      if (id !== undefined && bytes.length > 12) return this.finish(decode(id, bytes.byteOffset, bytes.length));
      let ascii = "";
      for (const byte of bytes) {
        if (byte > 127) return this.finish(decode(0, 0, 0, Array.from(bytes).join()));
        ascii += String.fromCharCode(byte);
      }
      return ascii;
    }
    finish(text) {
      if (this.fatal && text[0] === "!") throw new TypeError("The encoded data was not valid for encoding utf-8");
      text = text.slice(1);
      return !this.ignoreBOM && text[0] === "\ufeff" ? text.slice(1) : text;
    }
  };

  globalThis.TextEncoder = class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") {
      encode(String(text).toWellFormed());
      return new Uint8Array(hostBuffer);
    }
    encodeInto(text, into) {
      text = String(text).toWellFormed();
      const id = memories.get(into.buffer);
      const bytes = id === undefined && this.encode(text);
      if (bytes && bytes.length <= into.length) {
        into.set(bytes);
        return { read: text.length, written: bytes.length };
      }
      if (bytes) return this.cut(text, bytes, into);
      const [read, written] = encodeInto(id, into.byteOffset, into.length, text).split(" ");
      return { read: +read, written: +written };
    }
    cut(text, bytes, into) {
      let written = into.length;
      while (written > 0 && (bytes[written] & 0xc0) === 0x80) written--;
      into.set(bytes.subarray(0, written));
      return { read: new TextDecoder().decode(bytes.subarray(0, written)).length, written };
    }
  };

  // ---- what else glue asks for ----

  // QuickJS finalises at once what Node keeps for a long time: a guard that forgets would look right.
  globalThis.FinalizationRegistry = class FinalizationRegistry { register() {} unregister() {} };
  const silent = () => {};
  globalThis.console = new Proxy({}, { get: () => silent });
  globalThis.self = globalThis.global = globalThis.window = globalThis;
  delete globalThis.window;
  const timers = [];
  globalThis.setTimeout = (f, ms, ...args) => timers.push(() => f(...args));
  globalThis.setInterval = () => 0;
  globalThis.clearTimeout = (n) => { timers[n - 1] = silent; };
  globalThis.clearInterval = silent;
  globalThis.hostTimer = () => {
    const at = timers.findIndex((one) => one !== silent);
    if (at < 0) return false;
    const run = timers[at];
    timers[at] = silent;
    Promise.resolve().then(run);
    return true;
  };
  globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value));
  // One seed, one run: nothing here differs from one time to the next.
  let state = 1;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 4294967296;
  host.seed = (seed) => { state = seed >>> 0; };
  Math.random = random;
  let clock = 1700000000000;
  Date.now = () => clock++;
  globalThis.performance = { now: () => clock++ - 1700000000000, timeOrigin: 1700000000000, mark: silent, measure: silent };
  globalThis.crypto = {
    getRandomValues(view) {
      const bytes = bytesOf(view);
      for (let n = 0; n < bytes.length; n++) bytes[n] = random() * 256;
      return view;
    },
    randomUUID: () => "00000000-0000-4000-8000-000000000000".replace(/0/g, () => ((random() * 16) | 0).toString(16)),
  };
  globalThis.URL = class URL {
    constructor(to, from = "") { this.href = String(from).replace(/[^/]*$/, "") + to; this.pathname = this.href.replace(/^\w+:\/\//, ""); }
    toString() { return this.href; }
  };

  // ---- Node's modules, as far as glue needs them to find its own binary ----

  class Refused extends Error {}
  const nothing = (name) => { throw new Refused(`${name} does not exist here`); };
  const tail = (path) => String(path).split("/").pop();
  const known = {
    fs: {
      readFileSync(path) {
        return tail(path) === shape.file ? new Uint8Array() : nothing(`the file ${tail(path)}`);
      },
      existsSync: (path) => tail(path) === shape.file,
    },
    path: { join: (...parts) => parts.join("/"), resolve: (...parts) => parts.join("/"), dirname: (path) => path },
    util: { TextDecoder, TextEncoder },
    url: { fileURLToPath: String, pathToFileURL: String, URL },
    crypto: { webcrypto: globalThis.crypto, ...globalThis.crypto },
    perf_hooks: { performance: globalThis.performance },
    buffer: {},
  };
  known["fs/promises"] = { readFile: async (path) => known.fs.readFileSync(path) };
  host.require = (files) => {
    const loaded = new Map();
    const require = (name) => {
      const plain = String(name).replace(/^node:/, "");
      if (Object.hasOwn(known, plain)) return known[plain];
      const found = Object.keys(files).find((path) => path === plain.replace(/^\.\//, ""));
      if (found === undefined) nothing(`the module ${name}`);
      if (!loaded.has(found)) {
        const module = { exports: {} };
        loaded.set(found, module);
        files[found](module, module.exports, require);
      }
      return loaded.get(found).exports;
    };
    return require;
  };
})();
