// Runs each program on every path and says which duties it violated.
//
// stdin: [{code, parameters, async}], stdout: one observation per program. A path is a vector of
// decisions; paths are enumerated depth first: run with a prefix, record every further decision
// (all zero), then increment the last that can be.

import { readFileSync } from 'node:fs';

const MAX_PATHS = 4000;
const MAX_DECISIONS = 120;
const MAX_TURNS = 2;

class Fault extends Error {}
class TooLong extends Error {}

class World {
  constructor(prefix) {
    this.prefix = prefix;
    this.decisions = [];
    this.widths = [];
    this.things = [];
    this.turns = new Map();
    this.site = null;
    this.clock = 0;
    this.invalid = null;
    this.loading = true;
    this.events = [];
    this.reached = new Set();
    this.acquired = new Set();
    this.filling = new Set();
  }

  decide(width) {
    const index = this.decisions.length;
    if (index >= MAX_DECISIONS) throw new TooLong();
    const choice = index < this.prefix.length ? this.prefix[index] : 0;
    this.decisions.push(choice);
    this.widths.push(width);
    return choice;
  }

  // What a call answers, unless it throws.
  answer(width) {
    const choice = this.decide(width + 1);
    if (choice === width) throw new Fault('injected');
    return choice;
  }

  mayThrow() {
    this.answer(1);
  }

  caught(error) {
    if (error instanceof TooLong) throw error;
    if (error instanceof Fault || error.message === 'stop') return;
    this.invalid ??= `${error}`;
  }

  // A call at a site: what it makes and returns, and what it leaves filled, is the site's.
  at(site, call) {
    const outer = this.site;
    const made = this.things.length;
    const began = this.clock;
    this.site = site;
    this.reached.add(site);
    const done = (value) => {
      this.adopt(site, made, began, value);
      return value;
    };
    const failed = (error) => {
      this.adopt(site, made, began, null);
      throw error;
    };
    let value;
    try {
      value = call();
    } catch (error) {
      this.site = outer;
      failed(error);
    }
    this.site = outer;
    return value instanceof Promise ? value.then(done, failed) : done(value);
  }

  adopt(site, made, began, value) {
    const undefinedHere = ([duty, , time]) => duty === 'undefined' && time > began;
    if (this.events.some(undefinedHere)) this.note('undefined', site);
    const given = new Set(contents(value));
    this.things.forEach((thing, index) => {
      const isNew = index >= made;
      if (isNew && given.has(thing)) {
        if (thing.site !== site && thing.filledBy) thing.filledBy.clear();
        thing.site = site;
        this.acquired.add(site);
      }
      if (!isNew && thing.filledBy) thing.refill(site, began);
    });
  }

  note(duty, site) {
    if (site !== null) this.events.push([duty, site, ++this.clock]);
  }

  finish(result) {
    const given = new Set(contents(result));
    for (const thing of this.things) {
      if (given.has(thing)) continue;
      if (thing.alive && thing.owned) this.note('leak', thing.site);
      for (const site of thing.filledBy?.keys() ?? []) this.note('filled', site);
    }
  }
}

function contents(value) {
  if (value instanceof Thing) return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).filter((item) => item instanceof Thing);
}

class Thing {
  constructor(world, owned) {
    if (owned) world.mayThrow();
    this.world = world;
    this.owned = owned;
    this.site = null;
    this.alive = true;
    world.things.push(this);
  }

  touch() {
    if (!this.alive) this.world.note('late', this.site);
  }

  use() {
    this.touch();
    this.world.mayThrow();
    return 1;
  }

  drop() {
    if (!this.alive) this.world.note('twice', this.site);
    this.alive = false;
  }
}

class BaseResource extends Thing {
  release() {
    this.drop();
  }
}

class BaseSerializer extends Thing {
  filledBy = new Map();

  fill() {
    this.touch();
    if (!this.alive) this.world.note('undefined', this.world.site);
    else this.filledBy.set(this.world.site, ++this.world.clock);
    this.world.filling.add(this.world.site);
    this.world.mayThrow();
    return 'text';
  }

  refill(site, began) {
    let found = false;
    for (const [at, time] of this.filledBy) {
      if (time > began && at !== site) found = this.filledBy.delete(at);
    }
    if (!found) return;
    this.filledBy.set(site, ++this.world.clock);
    this.world.filling.add(site);
  }

  clear() {
    this.touch();
    this.filledBy.clear();
  }

  free() {
    this.drop();
    this.filledBy.clear();
  }
}

// What a program sees: one set of names per program, looking at the world of the current path.
function library(current) {
  return {
    $: {
      at: (site, call) => current.world.at(site, call),
      caught: (error) => current.world.caught(error),
    },
    Resource: class extends BaseResource {
      constructor() {
        super(current.world, true);
      }
    },
    Serializer: class extends BaseSerializer {
      constructor() {
        super(current.world, true);
      }
    },
    shared: () => {
      if (!current.world.loading) current.world.mayThrow();
      return new BaseSerializer(current.world, false);
    },
    check: () => current.world.answer(2) === 1,
    choose: () => current.world.answer(3),
    list: () => [1, 2].slice(0, current.world.answer(3)),
    more: (loop) => {
      const { world } = current;
      const turn = (world.turns.get(loop) ?? 0) + 1;
      world.turns.set(loop, turn);
      const choice = world.decide(turn > MAX_TURNS ? 1 : 3);
      if (choice !== 1) world.turns.set(loop, 0);
      if (choice === 2) throw new Fault('injected');
      return choice === 1;
    },
    work: () => current.world.mayThrow(),
    inspect: () => {
      current.world.mayThrow();
      return 1;
    },
    later: () => {
      const fails = current.world.decide(2) === 1;
      return fails ? Promise.reject(new Fault('injected')) : Promise.resolve(1);
    },
  };
}

const ARGUMENTS = {
  boolean: (world) => world.decide(2) === 1,
  count: (world) => world.decide(3),
  items: (world) => [1, 2].slice(0, world.decide(3)),
};

function next(world) {
  for (let index = world.decisions.length - 1; index >= 0; index -= 1) {
    if (world.decisions[index] + 1 < world.widths[index]) {
      return [...world.decisions.slice(0, index), world.decisions[index] + 1];
    }
  }
  return null;
}

async function runPath(program, enter, current, names) {
  const { world } = current;
  const main = enter(...Object.values(names));
  world.loading = false;
  const values = program.parameters.map((kind) => ARGUMENTS[kind](world));
  let result = null;
  try {
    result = main(...values);
    if (result instanceof Promise) result = await result;
  } catch (error) {
    result = null;
    world.caught(error);
  }
  if (program.async) await settled();
  world.finish(result);
}

// Promises that the program let go of run to their ends first.
function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

function record(sites, world) {
  for (const site of world.reached) sites[site] ??= {};
  for (const site of world.acquired) sites[site].acquires = true;
  for (const site of world.filling) sites[site].fills = true;
  for (const [duty, site] of world.events) sites[site][duty] ??= world.decisions;
}

async function observe(program) {
  const observation = { valid: true, complete: true, why: null, paths: 0, sites: {} };
  const current = { world: null };
  const names = library(current);
  try {
    const enter = new Function(...Object.keys(names), `'use strict';\n${program.code}`);
    let prefix = [];
    while (prefix !== null && observation.valid) {
      current.world = new World(prefix);
      await runPath(program, enter, current, names);
      observation.paths += 1;
      record(observation.sites, current.world);
      if (current.world.invalid) throw new Error(current.world.invalid);
      prefix = next(current.world);
      if (observation.paths >= MAX_PATHS && prefix !== null) throw new TooLong();
    }
  } catch (error) {
    if (error instanceof TooLong) observation.complete = false;
    else observation.valid = false;
    observation.why = `${error}`;
  }
  return observation;
}

process.on('unhandledRejection', () => {});
const observations = [];
for (const program of JSON.parse(readFileSync(0, 'utf8'))) {
  observations.push(await observe(program));
}
process.stdout.write(JSON.stringify(observations));
