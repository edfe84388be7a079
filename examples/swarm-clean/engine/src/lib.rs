//! The engine of the swarm, after its memory clean-up.
//!
//! Every error empties the working buffer, `cleanup()` and `Drop` give its memory back, and values
//! are read by `JSON.stringify`, an import that catches: a getter that throws arrives as an `Err`.

mod buffer;
mod json;
mod patterns;
mod states;

use buffer::Buffer;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// Messages longer than this many bytes are refused.
const LONGEST: usize = 1 << 20;

pub(crate) fn refused(error: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}

#[wasm_bindgen]
pub struct MessageSerializer {
    buffer: Buffer,
}

#[wasm_bindgen]
impl MessageSerializer {
    #[wasm_bindgen(constructor)]
    pub fn new() -> MessageSerializer {
        MessageSerializer { buffer: Buffer::default() }
    }

    #[wasm_bindgen(js_name = serializeMessage)]
    pub fn serialize_message(&mut self, value: &JsValue) -> Result<String, JsValue> {
        self.buffer.fill(|bytes| {
            serde_json::to_writer(&mut *bytes, &json::read(value)?).map_err(refused)?;
            if bytes.len() > LONGEST {
                return Err(refused("message too long"));
            }
            Ok(())
        })?;
        Ok(self.buffer.text())
    }

    #[wasm_bindgen(js_name = batchSerialize)]
    pub fn batch_serialize(&mut self, values: Vec<JsValue>) -> Result<String, JsValue> {
        self.buffer.fill(|bytes| {
            for value in &values {
                serde_json::to_writer(&mut *bytes, &json::read(value)?).map_err(refused)?;
                bytes.push(b'\n');
            }
            Ok(())
        })?;
        Ok(self.buffer.text())
    }

    #[wasm_bindgen(js_name = deserializeMessage)]
    pub fn deserialize_message(&self, text: &str) -> Result<JsValue, JsValue> {
        json::parse(text)
    }

    #[wasm_bindgen(js_name = batchDeserialize)]
    pub fn batch_deserialize(&self, texts: Vec<String>) -> Result<Vec<JsValue>, JsValue> {
        texts.iter().map(|text| json::parse(text)).collect()
    }

    #[wasm_bindgen(js_name = isValidJson)]
    pub fn is_valid_json(&self, text: &str) -> bool {
        serde_json::from_str::<Value>(text).is_ok()
    }

    #[wasm_bindgen(js_name = clearBuffer)]
    pub fn clear_buffer(&mut self) {
        self.buffer.clear();
    }

    /// Empties the buffer and gives all its memory back.
    pub fn cleanup(&mut self) {
        self.buffer.release();
    }

    /// Bytes that the buffer holds.
    #[wasm_bindgen(js_name = getBufferSize)]
    pub fn get_buffer_size(&self) -> usize {
        self.buffer.size()
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

impl Drop for MessageSerializer {
    fn drop(&mut self) {
        self.buffer.release();
    }
}

#[wasm_bindgen(js_name = quickSerialize)]
pub fn quick_serialize(value: &JsValue) -> Result<String, JsValue> {
    serde_json::to_string(&json::read(value)?).map_err(refused)
}

#[wasm_bindgen(js_name = quickDeserialize)]
pub fn quick_deserialize(text: &str) -> Result<JsValue, JsValue> {
    json::parse(text)
}
