//! States of a swarm, compact or readable.

use crate::buffer::Buffer;
use crate::{json, refused};
use serde_json::Value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct StateSerializer {
    buffer: Buffer,
    compact: bool,
}

#[wasm_bindgen]
impl StateSerializer {
    #[wasm_bindgen(constructor)]
    pub fn new(compact: bool) -> StateSerializer {
        StateSerializer { buffer: Buffer::default(), compact }
    }

    #[wasm_bindgen(js_name = serializeState)]
    pub fn serialize_state(&mut self, state: &JsValue) -> Result<String, JsValue> {
        let compact = self.compact;
        self.buffer.fill(|bytes| {
            bytes.extend_from_slice(b"{\"version\":1,\"state\":");
            let value = json::read(state)?;
            let written = if compact {
                serde_json::to_writer(&mut *bytes, &value)
            } else {
                serde_json::to_writer_pretty(&mut *bytes, &value)
            };
            written.map_err(refused)?;
            bytes.push(b'}');
            Ok(())
        })?;
        Ok(self.buffer.text())
    }

    /// Bytes that the state would take.
    #[wasm_bindgen(js_name = getStateSize)]
    pub fn get_state_size(&mut self, state: &JsValue) -> Result<usize, JsValue> {
        self.serialize_state(state).map(|text| text.len())
    }

    #[wasm_bindgen(js_name = statesEqual)]
    pub fn states_equal(&self, one: &str, other: &str) -> Result<bool, JsValue> {
        let one: Value = serde_json::from_str(one).map_err(refused)?;
        let other: Value = serde_json::from_str(other).map_err(refused)?;
        Ok(one == other)
    }

    #[wasm_bindgen(js_name = clearBuffer)]
    pub fn clear_buffer(&mut self) {
        self.buffer.clear();
    }

    pub fn cleanup(&mut self) {
        self.buffer.release();
    }

    #[wasm_bindgen(js_name = getBufferSize)]
    pub fn get_buffer_size(&self) -> usize {
        self.buffer.size()
    }
}

impl Drop for StateSerializer {
    fn drop(&mut self) {
        self.buffer.release();
    }
}
