// The machine below driver.js, in Node: real glue, V8's own WebAssembly, and no rights taken away.
//
// Speaks as child.py does: a line of JSON for each request, a line for each answer. It can't count
// fuel, refuse memory or see a trap from outside; driver.js is told so by empty answers.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import vm from "node:vm";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const { value: first } = await lines.next();
const opening = JSON.parse(first);
// Standard output is the protocol's.
globalThis.console = Object.fromEntries(Object.keys(console).map((name) => [name, () => {}]));

const { Module, Instance, instantiate, compile } = WebAssembly;
const bytes = readFileSync(opening.wasm);
let compiled;
try { compiled = new Module(bytes); } catch (error) {
  say({ error: `is refused by Node: ${error.message}`, input: false });
  process.exit(0);
}
const instances = new Map();
let latest = 0;
// Node has modules of its own: `fetch` is one. The driver gives no bytes at all, glue those of its file.
const isOurs = (from) => from === compiled || !from?.byteLength || from.byteLength === bytes.length;

// As host.js has it: imports of each instance can be interposed after it was made.
const asked = Module.imports(compiled).filter((one) => one.kind === "function");
const memoryOf = ({ exports }) => Object.values(exports).find((one) => one instanceof WebAssembly.Memory);
function make(imports) {
  const state = { around: (f) => f };
  const given = {};
  for (const { module, name } of Module.imports(compiled)) {
    const found = imports[module][name];
    given[module] ??= {};
    given[module][name] = typeof found !== "function" ? found : (...args) => state.around(found)(...args);
  }
  const instance = new Instance(compiled, given);
  state.exports = instance.exports;
  state.initialBytes = memoryOf(state)?.buffer.byteLength ?? 0;
  instances.set(++latest, state);
  return instance;
}
WebAssembly.Module = function (from) { return isOurs(from) ? compiled : new Module(from); };
WebAssembly.Module.prototype = Module.prototype;
Object.setPrototypeOf(WebAssembly.Module, Module);
WebAssembly.Module.imports = (module) => (module === compiled ? asked : Module.imports(module));
WebAssembly.Instance = function (module, imports) {
  return module === compiled ? make(imports) : new Instance(module, imports);
};
WebAssembly.Instance.prototype = Instance.prototype;
WebAssembly.compile = async (from) => (isOurs(from) ? compiled : compile(from));
WebAssembly.instantiate = async (from, imports) => {
  if (from instanceof Module) return new WebAssembly.Instance(from, imports);
  return isOurs(from) ? { module: compiled, instance: make(imports) } : instantiate(from, imports);
};

const around = createRequire(opening.glue);
globalThis.hostMachine = {
  arm() {},
  disarm: () => ({}),
  collect() {},
  exports: (id) => instances.get(id).exports,
  initialBytes: (id) => instances.get(id).initialBytes,
  memory: (id) => memoryOf(instances.get(id))?.buffer.byteLength ?? 0,
  trap: () => "",
  outOfFuel: () => false,
  drop: (id) => instances.delete(id),
  worked: () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; },
  resident: () => (gc(), process.memoryUsage.rss()),
  latest: () => latest,
  interpose(id, wrap) { instances.get(id).around = wrap; },
  require: (files) => {
    const loaded = new Map();
    const require = (name) => {
      const own = String(name).replace(/^\.\//, "");
      if (!Object.hasOwn(files, own)) return around(name);
      if (!loaded.has(own)) {
        const module = { exports: {} };
        loaded.set(own, module);
        files[own](module, module.exports, require);
      }
      return loaded.get(own).exports;
    };
    return require;
  },
};
globalThis.FinalizationRegistry = class { register() {} unregister() {} };

for (const name of ["allocator.js", "driver.js", "soak.js", "overhead.js"])
  vm.runInThisContext(readFileSync(new URL(name, import.meta.url), "utf8"), { filename: name });
driver.glue(opening.main, opening.style, JSON.stringify(opening.files), dirname(opening.glue));

async function settled(name, ...given) {
  driver[name](...given);
  // Timers are enough for whatever glue waits for without a network.
  for (let n = 0; n < 1000 && globalThis.driverAnswer === undefined; n++)
    await new Promise((done) => (n < 10 ? setImmediate(done) : setTimeout(done, 5)));
  return globalThis.driverAnswer === undefined ? { error: "its promise never settles" } : JSON.parse(driverAnswer);
}

try {
  if (opening.guard) driver.guard(opening.guard);
  const samples = opening.samples ? JSON.parse(driver.samples(opening.samples)) : {};
  const opened = await settled("open");
  if (opened.error) throw new Error(opened.error);
  say({ offers: opened.value.offers, samples, allocator: opened.value.allocator });
} catch (error) {
  say({ error: `its glue can't be run in Node: ${error.message}`.split("\n")[0], input: false });
  process.exit(0);
}
for await (const line of lines) {
  const request = JSON.parse(line);
  const answer = await settled(request.run, JSON.stringify(request.with));
  say({ said: answer.value ?? { failed: answer.error } });
}
