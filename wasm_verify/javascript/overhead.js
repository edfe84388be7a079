// What a guard costs: the same call in turns without it and with it, in blocks, timed.
//
// No fault is injected and nothing interposed: the object's own method is called, as a user's code does.
// An object that can be cleared lives on, and only the guarded call clears it. One that can only be
// released is made, used and released in both, so that the guard alone makes the difference.
"use strict";
(() => {
  const { started, source, dispose, gone, userGuard, Injection } = driverParts;
  const machine = hostMachine;

  const bare = (object, method, args) => object[method](...args);
  // As a user writes it: the name of the clean-up is in the source.
  const clearing = (name) =>
    new Function("object", "method", "args", `try { return object[method](...args); } finally { object.${name}(); }`);

  // Runs `count` calls of one kind. In seconds of the processor, for other programs want it too.
  async function block({ spec, api, id, kept, args, call, guarded }, count) {
    const { make, method, release, keep } = spec;
    machine.arm(id, "none", 0);
    const began = machine.worked();
    for (let n = 0; n < count; n++) {
      const object = keep ? kept : source(make)(api, new Injection());
      let value = call(object, method, args);
      if (typeof value?.then === "function") value = await value;
      if (typeof value === "object") dispose(value, object);
      if (!keep && !guarded && !gone(object)) object[release]();
    }
    return machine.worked() - began;
  }

  // Calls for a block that takes some time, so that the clock's grain doesn't matter.
  async function sized(run, seconds) {
    let count = 1;
    while ((await block(run, count)) < seconds && count < 1 << 20) count *= 2;
    return count;
  }

  async function overhead({ spec, pairs, seconds }) {
    const { api, id } = await started();
    try {
      const injection = new Injection();
      const kept = source(spec.make)(api, injection);
      const args = source(spec.args)(api, injection);
      const shared = { spec, api, id, kept, args };
      const runs = [
        { ...shared, call: bare, guarded: false },
        { ...shared, call: spec.guard === "user" ? userGuard() : clearing(spec.cleanup), guarded: true },
      ];
      const count = await sized(runs[1], seconds);
      const times = [];
      for (let n = 0; n < pairs; n++) {
        const pair = [];
        // Turn and turn about, so that a machine that slows down does it to both.
        for (const at of n % 2 ? [1, 0] : [0, 1]) pair[at] = await block(runs[at], count);
        times.push(pair);
      }
      return { count, times };
    } finally { machine.drop(id); }
  }

  driver.overhead = (given) => driverParts.answer(overhead(JSON.parse(given)));
})();
