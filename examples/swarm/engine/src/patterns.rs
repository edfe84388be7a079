//! Names of events against a list of patterns.

use crate::refused;
use regex_lite::Regex;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct RegexEngine {
    patterns: Vec<Regex>,
    buffer: Vec<u8>,
}

#[wasm_bindgen]
impl RegexEngine {
    #[wasm_bindgen(constructor)]
    pub fn new(patterns: Vec<String>) -> Result<RegexEngine, JsValue> {
        let patterns: Result<Vec<Regex>, _> = patterns.iter().map(|one| Regex::new(one)).collect();
        Ok(RegexEngine { patterns: patterns.map_err(refused)?, buffer: Vec::new() })
    }

    pub fn has_match(&mut self, text: &str) -> bool {
        self.buffer.clear();
        self.buffer.extend_from_slice(text.as_bytes());
        self.patterns.iter().any(|pattern| pattern.is_match(text))
    }

    /// The numbers of the patterns that match. Refuses a text with a line break.
    pub fn match_indices(&mut self, text: &str) -> Result<Vec<u32>, JsValue> {
        self.buffer.clear();
        self.buffer.extend_from_slice(text.as_bytes());
        if self.buffer.contains(&b'\n') {
            return Err(refused("the text has more than one line"));
        }
        let numbered = self.patterns.iter().enumerate();
        Ok(numbered.filter(|(_, one)| one.is_match(text)).map(|(at, _)| at as u32).collect())
    }

    #[wasm_bindgen(js_name = clearBuffer)]
    pub fn clear_buffer(&mut self) {
        self.buffer.clear();
    }

    #[wasm_bindgen(js_name = getBufferSize)]
    pub fn get_buffer_size(&self) -> usize {
        self.buffer.len()
    }
}
