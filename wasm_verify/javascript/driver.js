// Drives a module as its users would, with one fault at a time, and says what it saw.
//
// A trial is: a fresh instance; an object; the reading of it; the call, through a guard, with the fault
// armed from the moment the call is entered until it is left; the reading again; the release. Nothing is
// judged here. What can be read of an allocator is read before the object is made and after it is gone.
"use strict";
(() => {
  const machine = hostMachine;
  const apply = Function.prototype.apply;
  const { liveBytes, UNKNOWN } = hostAllocator;

  class InjectedFault extends Error { get name() { return "InjectedFault"; } }

  const text = (error) => {
    try {
      const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return (said === "[object Object]" ? JSON.stringify(error) : said).slice(0, 300);
    } catch { return "an error that has no text"; }
  };

  // ---- instances ----

  const glue = {};
  const bodies = new Map();
  const body = (source) => {
    if (!bodies.has(source))
      bodies.set(source, new Function("module", "exports", "require", "__dirname", "__filename", source));
    return bodies.get(source);
  };

  const isSnippet = (name) => Object.hasOwn(glue.files, String(name).replace(/^\.\//, "")) && /^\.\/snippets\//.test(name);

  const INITIALISERS = ["default", "init", "initWasm", "__wbg_init"];

  // A new instance of the module, if its glue makes one at once.
  function fresh() {
    const before = machine.latest();
    const module = { exports: {} };
    const files = {};
    for (const [path, source] of Object.entries(glue.files))
      files[path] = (own, exports, require) => body(source)(own, exports, require, glue.directory, path);
    const require = machine.require(files);
    body(glue.main)(module, module.exports, require, glue.directory, `${glue.directory}/glue.js`);
    const found = module.exports;
    const initSync = found.initSync ?? found.default?.initSync;
    if (glue.style === "bundler") start(found, require);
    else if (initSync) initSync({ module: new WebAssembly.Module() });
    return { api: found, id: machine.latest() === before ? 0 : machine.latest() };
  }

  // Likewise, of glue that has to be told, and then takes its time.
  async function started() {
    const before = machine.latest();
    const instance = fresh();
    if (instance.id) return instance;
    const name = INITIALISERS.find((one) => typeof instance.api[one] === "function");
    if (name) await instance.api[name](new WebAssembly.Module());
    if (machine.latest() === before) throw new Error("it makes no instance of the module");
    return { api: instance.api, id: machine.latest() };
  }

  // Its snippets are imported by their paths, everything else from the glue.
  function start(found, require) {
    const imports = new Proxy({}, { get: (_, name) => (isSnippet(name) ? require(name) : found) });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(), imports);
    found.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start?.();
  }

  const live = (id) => liveBytes(machine.exports(id), machine.initialBytes(id));

  // ---- faults of the host ----

  const CATCHING = /\breturn\s+[\w$.]+\(\s*\(?\s*(?:function\b|\()[\s\S]*\barguments\s*\)\s*;?\s*\}\s*;?\s*$/;
  const catching = new WeakMap();
  const catches = (f) => {
    if (!catching.has(f)) catching.set(f, CATCHING.test(Function.prototype.toString.call(f)));
    return catching.get(f);
  };

  // Throws where the user's code would: within the function that the glue catches for.
  function throwInside(f, args, raise) {
    Function.prototype.apply = function () {
      Function.prototype.apply = apply;
      raise();
    };
    try { return Reflect.apply(f, undefined, args); }
    finally { Function.prototype.apply = apply; }
  }

  class Injection {
    constructor(fault) {
      this.fault = fault ?? { kind: "none" };
      this.fired = false;
      this.armed = false;
      this.entered = false;
      this.calls = { caught: 0, host: 0 };
      this.owned = [];
      this.raise = () => {
        this.fired = true;
        throw new InjectedFault(`injected by the verifier (${this.fault.kind})`);
      };
    }
    // An object of the module that an input needs: it is released when the trial is over.
    own(object) {
      this.owned.push(object);
      return object;
    }
    disown() {
      for (const one of this.owned.reverse()) attempt(() => dispose(one));
      this.owned = [];
    }
    arm(id) {
      if (this.entered) return;
      this.entered = this.armed = true;
      this.used = undefined;
      machine.arm(id, this.fault.kind, this.fault.point ?? 0);
    }
    disarm(id) {
      if (!this.armed) return;
      this.armed = false;
      this.measured = machine.disarm(id);
      if (this.fault.kind === "out-of-fuel" && machine.outOfFuel()) this.fired = true;
    }
    hit(what) {
      const n = ++this.calls[what];
      const { kind, point, sticky } = this.fault;
      const mine = (what === "caught" && kind === "caught-throw") || (what === "host" && kind === "host-throw");
      return mine && (sticky ? n >= point : n === point);
    }
    around(f, args) {
      const caught = catches(f);
      if (!this.armed || !this.hit(caught ? "caught" : "host")) return f(...args);
      return caught ? throwInside(f, args, this.raise) : this.raise();
    }
  }

  // ---- calls and guards ----

  // The object's own method, so that whoever calls it, the user's guard too, meets the fault.
  function instrument(object, name, id, injection, seen) {
    const method = object[name];
    const settle = (error) => {
      injection.disarm(id);
      if (error) { seen.error ??= error.value; seen.failed = true; throw error.value; }
    };
    const after = (value) => {
      seen.value = value;
      if (injection.fault.kind !== "caller-throw" || injection.fired) return value;
      injection.disarm(id);
      injection.raise();
    };
    const replaced = function (...args) {
      injection.arm(id);
      let value;
      try {
        value = Reflect.apply(method, this, args);
        if (typeof value?.then === "function")
          return value.then(after).then((v) => { settle(); return v; }, (e) => settle({ value: e }));
        value = after(value);
      } catch (error) { settle({ value: error }); }
      settle();
      return value;
    };
    Object.defineProperty(object, name, { value: replaced, configurable: true, writable: true });
    return () => delete object[name];
  }

  const guards = {
    none: () => (object, method, args) => object[method](...args),
    finally: (name, seen) => (object, method, args) => {
      const cleanup = () => {
        // A call may consume its object, which leaves nothing to clean up.
        if (gone(object)) return;
        try { object[name](); }
        catch (error) { seen.cleanup = text(error); throw error; }
      };
      let value;
      try { value = object[method](...args); }
      catch (error) { cleanup(); throw error; }
      if (typeof value?.then === "function") return value.finally(cleanup);
      cleanup();
      return value;
    },
  };
  let userGuard;

  const guardOf = (spec, seen = {}) => {
    if (spec.guard === "user") return userGuard;
    return spec.guard === "finally" && spec.cleanup ? guards.finally(spec.cleanup, seen) : guards.none();
  };

  const dispose = (value, but, depth = 2) => {
    if (value === but || typeof value !== "object" || value === null) return;
    if (Array.isArray(value) && depth > 0) return value.slice(0, 1000).forEach((one) => dispose(one, but, depth - 1));
    if (typeof value.free === "function" && pointer(value)) try { value.free(); } catch { /* not ours */ }
  };

  const attempt = (f) => { try { return { value: f() }; } catch (error) { return { error: text(error) }; } };
  // Older glue has the plain name.
  const pointer = (object) => object.__wbg_ptr ?? object.ptr;
  const gone = (object) => pointer(object) === 0;

  globalThis.nest = (inner, wrap) => {
    for (let n = 0; n < 20000; n++) inner = wrap(inner);
    return inner;
  };

  // ---- a trial ----

  const sources = new Map();
  const source = (code) => {
    if (!sources.has(code)) sources.set(code, (0, eval)(`(${code})`));
    return sources.get(code);
  };

  // The user's own arguments: lists, or functions that make lists, made once for each trial.
  let samples = {};
  const made = new Map();
  globalThis.sample = (api, name, number) => {
    const key = `${name} ${number}`;
    if (!made.has(key)) {
      const given = samples[name][number];
      made.set(key, typeof given === "function" ? given(api) : given);
    }
    return made.get(key);
  };

  // What a caller has of a call besides the object: arguments and results are released.
  const discard = (object, ...values) => {
    for (const one of [...values, ...made.values()]) attempt(() => dispose(one, object));
    made.clear();
  };

  const reading = (object, spec) => (spec.probe ? attempt(() => Number(object[spec.probe]())) : {});

  async function once({ api, id }, spec, injection) {
    const seen = {};
    const said = { live: [live(id)] };
    const object = source(spec.make)(api, injection);
    said.before = reading(object, spec);
    const args = source(spec.args)(api, injection);
    const restore = instrument(object, spec.method, id, injection, seen);
    let value, error, failed = false;
    try { value = await guardOf(spec, seen)(object, spec.method, args); }
    catch (caught) { failed = true; error = caught; }
    restore();
    injection.disarm(id);
    said.fired = injection.fired;
    said.ok = !failed;
    said.error = failed ? text(error) : "";
    said.callOk = !seen.failed;
    said.callError = seen.failed ? text(seen.error) : "";
    said.masked = failed && seen.failed && error !== seen.error;
    said.trap = machine.trap();
    said.freed = spec.release !== "" && gone(object);
    said.after = said.freed ? {} : reading(object, spec);
    discard(object, seen.value, value, ...args);
    said.live.push(live(id));
    said.release = said.freed || !spec.release ? {} : attempt(() => { object[spec.release](); });
    // Glue forgets the pointer before it frees, so that an object may be gone and its memory not.
    if (said.freed && seen.cleanup) said.release = { error: seen.cleanup };
    injection.disown();
    said.live.push(live(id));
    if (said.trap || said.after.error || said.release.error) said.revived = revive(api, spec);
    said.memory = machine.memory(id);
    return said;
  }

  // Does a new object of the same instance still work?
  function revive(api, spec) {
    const made = attempt(() => source(spec.make)(api, new Injection()));
    if (made.error !== undefined) return made;
    const answers = [spec.probe, spec.release].filter(Boolean).map((name) => attempt(() => { made.value[name](); }));
    return answers.find((one) => one.error !== undefined) ?? {};
  }

  // Bytes that are gone for good once the object is released; held is before its release.
  const left = (said, at) => (said.live.includes(UNKNOWN) ? UNKNOWN : said.live[at] - said.live[0]);

  async function trial(spec) {
    const instance = await started();
    let injection = new Injection(spec.fault);
    try {
      if (spec.watch) machine.interpose(instance.id, (f) => (...args) => injection.around(f, args));
      const said = await once(instance, spec, injection);
      const first = injection;
      let held = left(said, 1), lost = left(said, 2);
      // A table or cache that grows once is no leak. What is left behind each time is one.
      for (let n = 0; n < 2 && lost > 0 && !broken(said); n++) {
        injection = new Injection(spec.fault);
        const again = await once(instance, spec, injection);
        held = Math.min(held, left(again, 1));
        lost = Math.min(lost, left(again, 2));
      }
      return { ...said, held, lost, calls: first.calls, ...first.measured };
    } finally { machine.drop(instance.id); }
  }

  const broken = (said) => said.after.error !== undefined || said.release.error !== undefined;

  // ---- for soak.js and overhead.js ----

  globalThis.driverParts = { started, source, instrument, guardOf, dispose, attempt, gone, text, live, Injection,
    userGuard: () => userGuard, answer: (p) => answer(p),
  };

  // ---- what Python calls ----

  async function open() {
    const { api, id } = await started();
    const offers = {};
    for (const name of Object.getOwnPropertyNames(api)) {
      const value = attempt(() => api[name]).value;
      if (typeof value === "function") offers[name] = members(value);
    }
    const allocator = live(id) !== UNKNOWN;
    machine.drop(id);
    return { offers, allocator };
  }

  const members = (value) => [
    ...Object.getOwnPropertyNames(value.prototype ?? {}).filter((one) => one !== "constructor"),
    ...Object.getOwnPropertyNames(value).map((one) => `static ${one}`),
  ];

  // A function of the module is a method of its namespace, of which there is nothing to release.
  const answer = (promise) => {
    globalThis.driverAnswer = undefined;
    promise.then(
      (value) => { globalThis.driverAnswer = JSON.stringify({ value }); },
      (error) => { globalThis.driverAnswer = JSON.stringify({ error: text(error) }); },
    );
  };

  const wellFormed = (key, value) => (typeof value === "string" ? value.toWellFormed() : value);

  globalThis.driver = {
    glue(main, style, files, directory = ".") {
      Object.assign(glue, { main, style, files: JSON.parse(files), directory });
    },
    guard(code) {
      const module = { exports: {} };
      body(code)(module, module.exports, machine.require({}), "", "");
      userGuard = module.exports.guarded ?? module.exports.default ?? module.exports;
    },
    trial: (spec) => answer(trial(JSON.parse(spec)).then((said) => JSON.parse(JSON.stringify(said, wellFormed)))),
    samples(code) {
      const module = { exports: {} };
      body(code)(module, module.exports, machine.require({}), "", "");
      samples = module.exports.default ?? module.exports;
      const lengths = {};
      for (const [name, lists] of Object.entries(samples)) {
        if (!Array.isArray(lists)) throw new TypeError(`${name} must be a list of lists of arguments`);
        lengths[name] = lists.map((one) => {
          if (Array.isArray(one)) return one.length;
          if (typeof one === "function") return -1;
          throw new TypeError(`${name} must hold lists of arguments, or functions that make one`);
        });
      }
      return JSON.stringify(lengths);
    },
    open: () => answer(open()),
    instance: () => fresh().id,
  };
})();
