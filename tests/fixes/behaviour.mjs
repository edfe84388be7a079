// Runs each program before and after its fixes on every path, and compares what they did.
//
// stdin: [{before, after, parameters}], stdout: one comparison per pair. A path is a vector of
// decisions, enumerated depth first on the fixed program. Releases decide nothing, so the same
// vector is the same path of both. What counts: what was made, used and filled in which order, what
// was returned or thrown, and what of it was released how often.

import { readFileSync } from 'node:fs';

const MAX_PATHS = 1500;
const MAX_DECISIONS = 100;

class Fault extends Error {}
class TooLong extends Error {}

class World {
  constructor(prefix, fragile) {
    this.prefix = prefix;
    this.fragile = fragile;
    this.decisions = [];
    this.widths = [];
    this.things = [];
    this.turns = new Map();
    this.log = [];
    this.loading = true;
    this.late = 0;
    this.inFlight = null;
    this.masked = null;
  }

  // The error is on its way until a `catch` of the program has it.
  thrown(error) {
    this.inFlight = error;
    return error;
  }

  cleanedUp() {
    if (!this.fragile) return;
    this.masked ??= this.inFlight;
    throw new Error('cleanup');
  }

  decide(width) {
    const index = this.decisions.length;
    if (index >= MAX_DECISIONS) throw new TooLong();
    const choice = index < this.prefix.length ? this.prefix[index] : 0;
    this.decisions.push(choice);
    this.widths.push(width);
    return choice;
  }

  answer(width, what) {
    const choice = this.decide(width + 1);
    this.log.push(`${what}:${choice}`);
    if (choice === width) throw this.thrown(new Fault(`injected ${this.decisions.length}`));
    return choice;
  }

  made(thing) {
    thing.world = this;
    thing.id = this.things.push(thing) - 1;
  }
}

class Thing {
  released = 0;
  filled = false;

  use() {
    if (this.released) this.world.late += 1;
    this.world.answer(1, `use ${this.id}`);
    return 1;
  }

  fill() {
    if (this.released) this.world.late += 1;
    this.filled = true;
    this.world.answer(1, `fill ${this.id}`);
    return 'text';
  }

  clear() {
    if (this.released) this.world.late += 1;
    this.filled = false;
    this.world.cleanedUp();
  }

  drop() {
    this.released += 1;
    this.filled = false;
    this.world.cleanedUp();
  }

  release() {
    this.drop();
  }

  free() {
    this.drop();
  }
}

function library(current) {
  const acquired = class extends Thing {
    constructor() {
      super();
      current.world.answer(1, 'make');
      this.owned = true;
      current.world.made(this);
    }
  };
  return {
    Resource: class extends acquired {},
    Serializer: class extends acquired {},
    shared: () => {
      if (!current.world.loading) current.world.answer(1, 'shared');
      const thing = new Thing();
      current.world.made(thing);
      return thing;
    },
    $: {
      caught: (error) => {
        if (error instanceof TooLong) throw error;
        current.world.inFlight = null;
      },
      thrown: (error) => current.world.thrown(error),
    },
    check: () => current.world.answer(2, 'check') === 1,
    choose: () => current.world.answer(3, 'choose'),
    list: () => [1, 2].slice(0, current.world.answer(3, 'list')),
    more: (loop) => {
      const { world } = current;
      const turn = (world.turns.get(loop) ?? 0) + 1;
      world.turns.set(loop, turn);
      const choice = world.decide(turn > 2 ? 1 : 3);
      world.log.push(`more:${choice}`);
      if (choice !== 1) world.turns.set(loop, 0);
      if (choice === 2) throw world.thrown(new Fault('injected'));
      return choice === 1;
    },
    work: () => current.world.answer(1, 'work'),
    inspect: () => current.world.answer(1, 'inspect'),
    later: () => {
      const fails = current.world.decide(2) === 1;
      current.world.log.push(`later:${fails}`);
      return fails ? Promise.reject(current.world.thrown(new Fault('later'))) : Promise.resolve(1);
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

function contents(value) {
  if (value instanceof Thing) return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).filter((item) => item instanceof Thing);
}

function shown(value) {
  if (value instanceof Thing) return `thing ${value.id}`;
  if (value === null || typeof value !== 'object') return `${value}`;
  return JSON.stringify(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

class Side {
  constructor(code) {
    this.current = { world: null };
    const names = library(this.current);
    this.values = Object.values(names);
    this.enter = new Function(...Object.keys(names), `'use strict';\n${code}\nreturn main;`);
  }

  async run(prefix, parameters, fragile) {
    const world = new World(prefix, fragile);
    this.current.world = world;
    const main = this.enter(...this.values);
    world.loading = false;
    const values = parameters.map((kind) => ARGUMENTS[kind](world));
    let result = null;
    let end;
    try {
      result = main(...values);
      if (result instanceof Promise) result = await result;
      end = `returned ${shown(result)}`;
    } catch (error) {
      if (error instanceof TooLong) throw error;
      end = `threw ${error.message}`;
    }
    await new Promise((resolve) => setImmediate(resolve));
    const given = new Set(contents(result));
    const mine = world.things.filter((thing) => !given.has(thing));
    const owned = mine.filter((thing) => thing.owned);
    return {
      world,
      end,
      log: [...world.log, end].join('\n'),
      leaks: owned.filter((thing) => thing.released === 0).length,
      twice: mine.filter((thing) => thing.released > 1).length,
      filled: mine.filter((thing) => thing.filled && thing.released === 0).length,
      lost: [...given].filter((thing) => thing.released > 0).length,
      late: world.late,
    };
  }
}

async function compare({ before, after, parameters }) {
  const found = { paths: 0, complete: true, differing: null, masked: null };
  for (const kind of ['leaks', 'twice', 'filled', 'lost', 'late']) found[kind] = [0, 0];
  let sides;
  try {
    sides = [new Side(before), new Side(after)];
  } catch (error) {
    return { ...found, differing: `${error}` };
  }
  try {
    for (let prefix = []; prefix !== null; ) {
      const one = await sides[0].run(prefix, parameters, false);
      const other = await sides[1].run(prefix, parameters, false);
      if (one.log !== other.log) found.differing ??= `${one.log}\n--- fixed:\n${other.log}`;
      for (const kind of ['leaks', 'twice', 'filled', 'lost', 'late']) {
        found[kind][0] += one[kind];
        found[kind][1] += other[kind];
      }
      // A release that throws must not replace an error that was there before it, unless one of
      // the program's own did so already.
      if (other.end.startsWith('threw')) {
        const [old, broken] = [
          await sides[0].run(prefix, parameters, true),
          await sides[1].run(prefix, parameters, true),
        ];
        if (broken.world.masked && old.end === one.end && broken.end !== other.end) {
          found.masked ??= `${other.end} became ${broken.end}`;
        }
      }
      found.paths += 1;
      prefix = next(other.world);
      if (found.paths >= MAX_PATHS && prefix !== null) throw new TooLong();
    }
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    found.complete = false;
  }
  return found;
}

process.on('unhandledRejection', () => {});
const comparisons = [];
for (const pair of JSON.parse(readFileSync(0, 'utf8'))) comparisons.push(await compare(pair));
process.stdout.write(JSON.stringify(comparisons));
