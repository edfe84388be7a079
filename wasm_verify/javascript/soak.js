// Many operations in one instance, as in a program that runs for days.
//
// Where a class can be cleared its object lives on, as a serializer at module level does; where it
// can only be released each operation has an object of its own. An object that is poisoned is left
// behind, for nobody can free it, and a new one takes its place.
"use strict";
(() => {
  const { started, source, instrument, guardOf, dispose, attempt, gone, text, live, Injection } = driverParts;
  const machine = hostMachine;
  let instance, operations, objects, armed;

  async function open(specs) {
    if (instance) machine.drop(instance.id);
    operations = specs;
    objects = new Map();
    armed = undefined;
    instance = await started();
    if (specs.some((spec) => spec.watch))
      machine.interpose(instance.id, (f) => (...args) => (armed ? armed.around(f, args) : f(...args)));
  }

  const made = (spec) => attempt(() => {
    const object = source(spec.make)(instance.api, new Injection());
    return { object, empty: spec.probe ? Number(object[spec.probe]()) : 0 };
  });

  // One operation, and what became of its object.
  async function operate(spec, counts) {
    const known = objects.get(spec.keep) ?? made(spec);
    if (known.error !== undefined) throw new Dead(known.error);
    const { object, empty } = known.value;
    if (spec.keep) objects.set(spec.keep, known);
    const { failed, seen } = await call(object, spec);
    if (failed) counts.threw++;
    if (spec.fault) counts.faults++;
    for (const one of seen) attempt(() => dispose(one, object));
    if (gone(object)) return objects.delete(spec.keep);
    const left = rest(object, spec, failed);
    if (left.error !== undefined) {
      counts.poisoned++;
      objects.delete(spec.keep);
      const again = made(spec);
      if (again.error !== undefined) throw new Dead(`${left.error}; and a new object: ${again.error}`);
      if (spec.release) attempt(() => again.value.object[spec.release]());
    } else if (left.value > empty) {
      counts.residue++;
      counts.left = Math.max(counts.left, left.value - empty);
    }
  }

  async function call(object, spec) {
    const injection = (armed = new Injection(spec.fault));
    const seen = {};
    const args = source(spec.args)(instance.api, injection);
    const restore = instrument(object, spec.method, instance.id, injection, seen);
    let value, failed = false;
    try { value = await guardOf(spec)(object, spec.method, args); }
    catch { failed = true; }
    restore();
    injection.disarm(instance.id);
    armed = undefined;
    return { failed, seen: [seen.value, value, ...args] };
  }

  // What the object still holds. Without a guard an object is released after success alone.
  function rest(object, spec, failed) {
    if (spec.probe) return attempt(() => Number(object[spec.probe]()));
    if (!spec.release || (spec.guard === "none" && (failed || spec.keep))) return { value: 0 };
    if (spec.keep) return attempt(() => { object[spec.cleanup](); return 0; });
    return attempt(() => { object[spec.release](); return 0; });
  }

  class Dead extends Error {}

  // Runs until one of them kills the module: `done` says how many there were before.
  async function run(numbers) {
    const counts = { done: 0, threw: 0, faults: 0, poisoned: 0, residue: 0, left: 0, dead: "" };
    for (const number of numbers) {
      try { await operate(operations[number], counts); }
      catch (error) { counts.dead = text(error); break; }
      counts.done++;
    }
    // The engine lets go of values only now and then, and some of them are large.
    machine.collect(instance.id);
    return counts;
  }

  // What the objects that live on hold, in bytes.
  function buffered() {
    let sum = 0;
    for (const [name, { value }] of objects) {
      const { probe } = operations.find((spec) => spec.keep === name);
      sum += probe ? attempt(() => Number(value.object[probe]())).value ?? 0 : 0;
    }
    return sum;
  }

  async function reading() {
    const { id } = instance;
    return { memory: machine.memory(id), live: live(id), buffer: buffered(), rss: machine.resident() };
  }

  driver.soakOpen = (specs) => driverParts.answer(open(JSON.parse(specs)));
  driver.soakRun = (numbers) => driverParts.answer(run(JSON.parse(numbers)));
  driver.soakReading = () => driverParts.answer(reading());
})();
