//! Names of events against a list of patterns.

use crate::buffer::Buffer;
use crate::refused;
use regex_lite::Regex;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct RegexEngine {
    patterns: Vec<Regex>,
    buffer: Buffer,
}

#[wasm_bindgen]
impl RegexEngine {
    #[wasm_bindgen(constructor)]
    pub fn new(patterns: Vec<String>) -> Result<RegexEngine, JsValue> {
        let patterns: Result<Vec<Regex>, _> = patterns.iter().map(|one| Regex::new(one)).collect();
        Ok(RegexEngine { patterns: patterns.map_err(refused)?, buffer: Buffer::default() })
    }

    pub fn has_match(&mut self, text: &str) -> Result<bool, JsValue> {
        let patterns = &self.patterns;
        self.buffer.fill(|bytes| {
            bytes.extend_from_slice(text.as_bytes());
            Ok(patterns.iter().any(|pattern| pattern.is_match(text)))
        })
    }

    /// The numbers of the patterns that match. Refuses a text with a line break.
    pub fn match_indices(&mut self, text: &str) -> Result<Vec<u32>, JsValue> {
        let patterns = &self.patterns;
        self.buffer.fill(|bytes| {
            bytes.extend_from_slice(text.as_bytes());
            if bytes.contains(&b'\n') {
                return Err(refused("the text has more than one line"));
            }
            let numbered = patterns.iter().enumerate();
            Ok(numbered.filter(|(_, one)| one.is_match(text)).map(|(at, _)| at as u32).collect())
        })
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

impl Drop for RegexEngine {
    fn drop(&mut self) {
        self.buffer.release();
    }
}
