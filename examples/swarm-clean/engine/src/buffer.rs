//! A working buffer that gives its memory back, and that an error empties.

use wasm_bindgen::JsValue;

#[derive(Default)]
pub struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    /// Fill the empty buffer. An error of `fill` empties it again.
    pub fn fill<T>(
        &mut self,
        fill: impl FnOnce(&mut Vec<u8>) -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        self.bytes.clear();
        let filled = fill(&mut self.bytes);
        if filled.is_err() {
            self.bytes.clear();
        }
        filled
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Give the memory back as well.
    pub fn release(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(0);
    }

    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}
