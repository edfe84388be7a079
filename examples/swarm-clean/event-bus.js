'use strict';

const EventEmitter = require('node:events');

const KNOWN_EVENTS = ['^agent\\.(started|stopped|failed)$', '^task\\.[a-z]+$', '^loop\\.[0-9]+\\.done$'];

// One engine for the whole process: it lives as long as the patterns do.
let engine = null;

async function loadEngine() {
  if (engine) {
    return true;
  }
  try {
    const { RegexEngine } = await import('./engine/pkg/wasm_swarm_engine.js');
    engine = new RegexEngine(KNOWN_EVENTS);
    return true;
  } catch (error) {
    console.warn('pattern engine unavailable, using JavaScript:', error.message);
    return false;
  }
}

class EventBus extends EventEmitter {
  constructor(options = {}) {
    super();
    this.options = { useWasm: true, historySize: 500, ...options };
    this.wasmReady = false;
    this.handlers = new Map();
    this.history = [];
    this.metrics = {
      published: 0,
      rejected: 0,
      wasmValidations: 0,
      jsValidations: 0,
      wasmErrors: 0,
      wasmCleanupsPerformed: 0,
    };
  }

  async initialize() {
    this.wasmReady = this.options.useWasm && (await loadEngine());
  }

  on(type, handler) {
    if (!this.handlers.has(type)) {
      this.handlers.set(type, new Set());
    }
    this.handlers.get(type).add(handler);
    return () => this.off(type, handler);
  }

  off(type, handler) {
    const handlers = this.handlers.get(type);
    if (handlers && handlers.delete(handler) && handlers.size === 0) {
      this.handlers.delete(type);
    }
  }

  isKnown(type) {
    let known;
    if (this.wasmReady && engine) {
      try {
        known = engine.has_match(type);
        this.metrics.wasmValidations += 1;
      } catch (error) {
        console.warn('pattern engine failed, falling back to JavaScript:', error.message);
        known = this.isKnownInScript(type);
        this.metrics.jsValidations += 1;
        this.metrics.wasmErrors += 1;
      } finally {
        if (engine && typeof engine.clearBuffer === 'function') {
          try {
            engine.clearBuffer();
            this.metrics.wasmCleanupsPerformed += 1;
          } catch (cleanupError) {
            console.warn('the match buffer was not cleared:', cleanupError.message);
          }
        }
      }
    } else {
      known = this.isKnownInScript(type);
      this.metrics.jsValidations += 1;
    }
    return known;
  }

  isKnownInScript(type) {
    return KNOWN_EVENTS.some((pattern) => new RegExp(pattern).test(type));
  }

  publish(type, payload) {
    if (!this.isKnown(type)) {
      this.metrics.rejected += 1;
      return false;
    }
    this.remember({ type, payload, at: Date.now() });
    for (const handler of this.handlers.get(type) ?? []) {
      handler(payload);
    }
    this.metrics.published += 1;
    return true;
  }

  remember(entry) {
    this.history.push(entry);
    if (this.history.length > this.options.historySize) {
      this.history.shift();
    }
  }
}

module.exports = { EventBus };
