//! The engine of the swarm, before its memory clean-up.
//!
//! Each object keeps a working buffer between calls. Nothing empties it but `clearBuffer()`, and
//! several errors leave it half-written.

mod patterns;
mod states;

use serde_json::Value;
use wasm_bindgen::prelude::*;

/// Messages longer than this many bytes are refused.
const LONGEST: usize = 1 << 20;

pub(crate) fn refused(error: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

/// Reads a JavaScript value property by property. A getter that throws here crosses our frames.
pub(crate) fn read(value: &JsValue) -> Result<Value, JsValue> {
    serde_wasm_bindgen::from_value(value.clone()).map_err(refused)
}

fn write(value: &Value) -> Result<JsValue, JsValue> {
    use serde::Serialize;
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(refused)
}

#[wasm_bindgen]
pub struct MessageSerializer {
    buffer: Vec<u8>,
}

#[wasm_bindgen]
impl MessageSerializer {
    #[wasm_bindgen(constructor)]
    pub fn new() -> MessageSerializer {
        MessageSerializer { buffer: Vec::new() }
    }

    #[wasm_bindgen(js_name = serializeMessage)]
    pub fn serialize_message(&mut self, value: &JsValue) -> Result<String, JsValue> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, &read(value)?).map_err(refused)?;
        if self.buffer.len() > LONGEST {
            return Err(refused("message too long"));
        }
        Ok(String::from_utf8_lossy(&self.buffer).into_owned())
    }

    #[wasm_bindgen(js_name = batchSerialize)]
    pub fn batch_serialize(&mut self, values: Vec<JsValue>) -> Result<String, JsValue> {
        self.buffer.clear();
        for value in &values {
            serde_json::to_writer(&mut self.buffer, &read(value)?).map_err(refused)?;
            self.buffer.push(b'\n');
        }
        Ok(String::from_utf8_lossy(&self.buffer).into_owned())
    }

    #[wasm_bindgen(js_name = deserializeMessage)]
    pub fn deserialize_message(&self, text: &str) -> Result<JsValue, JsValue> {
        write(&serde_json::from_str(text).map_err(refused)?)
    }

    #[wasm_bindgen(js_name = batchDeserialize)]
    pub fn batch_deserialize(&self, texts: Vec<String>) -> Result<Vec<JsValue>, JsValue> {
        texts.iter().map(|text| self.deserialize_message(text)).collect()
    }

    #[wasm_bindgen(js_name = isValidJson)]
    pub fn is_valid_json(&self, text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok()
    }

    #[wasm_bindgen(js_name = clearBuffer)]
    pub fn clear_buffer(&mut self) {
        self.buffer.clear();
    }

    /// Bytes that the buffer holds.
    #[wasm_bindgen(js_name = getBufferSize)]
    pub fn get_buffer_size(&self) -> usize {
        self.buffer.len()
    }

    /// Bytes that the buffer has reserved, full or empty.
    #[wasm_bindgen(js_name = getBufferCapacity)]
    pub fn get_buffer_capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

impl Default for MessageSerializer {
    fn default() -> Self {
        Self::new()
    }
}

#[wasm_bindgen(js_name = quickSerialize)]
pub fn quick_serialize(value: &JsValue) -> Result<String, JsValue> {
    serde_json::to_string(&read(value)?).map_err(refused)
}

#[wasm_bindgen(js_name = quickDeserialize)]
pub fn quick_deserialize(text: &str) -> Result<JsValue, JsValue> {
    write(&serde_json::from_str(text).map_err(refused)?)
}
