'use strict';

const Redis = require('ioredis');

let stateSerializer = null;

try {
  const { StateSerializer } = require('./engine/pkg/wasm_swarm_engine.js');
  stateSerializer = new StateSerializer(true);
} catch (error) {
  console.warn('state serializer unavailable:', error.message);
}

class StateManager {
  constructor(options = {}) {
    this.options = { prefix: 'swarm:state', autosave: 0, ...options };
    this.redis = new Redis(options.redis);
    this.states = new Map();
    this.timer = null;
    this.statistics = { saved: 0, loaded: 0, fast: stateSerializer !== null };
  }

  initialize() {
    if (this.options.autosave > 0) {
      this.timer = setInterval(() => this.saveAll().catch(console.error), this.options.autosave);
    }
  }

  async saveState(swarm, state) {
    const text = this.serializeState(state);
    await this.redis.set(`${this.options.prefix}:${swarm}`, text);
    this.states.set(swarm, state);
    this.statistics.saved += 1;
  }

  async loadState(swarm) {
    const text = await this.redis.get(`${this.options.prefix}:${swarm}`);
    if (text === null) {
      return null;
    }
    const state = this.deserializeState(text);
    this.states.set(swarm, state);
    this.statistics.loaded += 1;
    return state;
  }

  async saveAll() {
    for (const [swarm, state] of this.states) {
      await this.saveState(swarm, state);
    }
  }

  async saveStatistics() {
    await this.redis.hset(`${this.options.prefix}:statistics`, this.statistics);
  }

  forget(swarm) {
    return this.states.delete(swarm);
  }

  isSame(left, right) {
    return stateSerializer
      ? stateSerializer.statesEqual(this.serializeState(left), this.serializeState(right))
      : this.serializeState(left) === this.serializeState(right);
  }

  // States carry functions' names and dates, which the module does not know how to write.
  serializeState(state) {
    return JSON.stringify(state, (key, value) => (typeof value === 'function' ? value.name : value));
  }

  deserializeState(text) {
    return JSON.parse(text);
  }

  async shutdown() {
    if (this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
    await this.saveStatistics();
    await this.redis.quit();
    this.states.clear();
  }
}

module.exports = { StateManager };
