'use strict';

const EventEmitter = require('node:events');
const { randomUUID } = require('node:crypto');
const Redis = require('ioredis');

let quickDeserialize = null;
let wasmSerializer = null;
let useWasm = true;

try {
  const wasm = require('./engine/pkg/wasm_swarm_engine.js');
  quickDeserialize = wasm.quickDeserialize;
  wasmSerializer = new wasm.MessageSerializer();
} catch (error) {
  console.warn('serializer unavailable, using JSON:', error.message);
  useWasm = false;
}

class Messenger extends EventEmitter {
  constructor(options = {}) {
    super();
    this.options = { swarm: 'default', retention: 1000, maxSize: 1 << 20, ...options };
    this.publisher = new Redis(options.redis);
    this.subscriber = new Redis(options.redis);
    this.subscriptions = new Set();
    this.pending = new Map();
    this.stats = { sent: 0, received: 0, batches: 0, errors: 0 };
  }

  async subscribe(channel) {
    await this.subscriber.subscribe(channel);
    this.subscriptions.add(channel);
  }

  async unsubscribe(channel) {
    await this.subscriber.unsubscribe(channel);
    this.subscriptions.delete(channel);
  }

  async publish(channel, body) {
    const envelope = { id: randomUUID(), from: this.options.swarm, at: Date.now(), body };
    let text;
    if (useWasm && wasmSerializer) {
      try {
        text = wasmSerializer.serializeMessage(envelope);
      } catch (error) {
        console.warn('serializer failed, falling back to JSON:', error.message);
        text = JSON.stringify(envelope);
        this.stats.errors += 1;
      } finally {
        if (wasmSerializer && typeof wasmSerializer.clearBuffer === 'function') {
          try {
            wasmSerializer.clearBuffer();
          } catch (cleanupError) {
            console.warn('the message buffer was not cleared:', cleanupError.message);
          }
        }
      }
    } else {
      text = JSON.stringify(envelope);
    }
    if (text.length > this.options.maxSize) {
      throw new RangeError(`message ${envelope.id} is too large`);
    }
    await this.publisher.publish(channel, text);
    await this.store(channel, text);
    this.stats.sent += 1;
    return envelope.id;
  }

  async store(channel, text) {
    await this.publisher.lpush(`history:${channel}`, text);
    await this.publisher.ltrim(`history:${channel}`, 0, this.options.retention - 1);
  }

  handleIncoming(channel, text) {
    let message;
    try {
      message = useWasm && quickDeserialize ? quickDeserialize(text) : JSON.parse(text);
    } catch (error) {
      this.stats.errors += 1;
      console.warn('unreadable message on', channel, error.message);
      return null;
    }
    this.stats.received += 1;
    this.emit('message', channel, message);
    return message;
  }

  async readHistory(channel, count = 50) {
    const texts = await this.publisher.lrange(`history:${channel}`, 0, count - 1);
    this.stats.batches += 1;
    if (useWasm && wasmSerializer) {
      try {
        const valid = texts.filter((text) => wasmSerializer.isValidJson(text));
        return wasmSerializer.batchDeserialize(valid);
      } catch (error) {
        console.warn('batch failed, reading one by one:', error.message);
      }
    }
    return texts.map((text) => this.handleIncoming(channel, text));
  }

  getStats() {
    return {
      ...this.stats,
      pending: this.pending.size,
      buffer: wasmSerializer ? wasmSerializer.getBufferSize() : 0,
    };
  }

  async shutdown() {
    try {
      for (const channel of this.subscriptions) {
        await this.subscriber.unsubscribe(channel);
      }
      this.subscriptions.clear();
      this.pending.clear();
      await this.publisher.quit();
      await this.subscriber.quit();
      this.removeAllListeners();
    } finally {
      this.releaseSerializer();
    }
  }

  releaseSerializer() {
    if (wasmSerializer && typeof wasmSerializer.free === 'function') {
      try {
        wasmSerializer.free();
      } catch (error) {
        console.warn('the serializer was not freed:', error.message);
      }
    }
    wasmSerializer = null;
    useWasm = false;
  }
}

module.exports = { Messenger };
