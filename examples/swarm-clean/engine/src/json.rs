//! `JSON` of JavaScript, by imports that catch and whose exceptions cost nothing.
//!
//! To a returned `JsValue` wasm-bindgen gives a place in its table of references before Rust looks
//! whether the import threw, and if it did, nobody gives the place back. That is how
//! `js_sys::JSON` is declared, and it costs 4 bytes for each exception. An optional value takes a
//! place only where there is a value, and none where the import threw.

use crate::refused;
use serde_json::Value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Nothing for what has no JSON, like `undefined`.
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn stringify(value: &JsValue) -> Result<Option<JsValue>, JsValue>;

    /// Nothing for `null`.
    #[wasm_bindgen(catch, js_namespace = JSON, js_name = parse)]
    fn parse_unless_null(text: &str) -> Result<Option<JsValue>, JsValue>;
}

/// Reads a JavaScript value by one import that catches whatever user code throws.
pub fn read(value: &JsValue) -> Result<Value, JsValue> {
    let text = stringify(value)?.and_then(|text| text.as_string());
    let text = text.ok_or_else(|| refused("this value has no JSON"))?;
    serde_json::from_str(&text).map_err(refused)
}

/// The JavaScript value that a text stands for.
pub fn parse(text: &str) -> Result<JsValue, JsValue> {
    Ok(parse_unless_null(text)?.unwrap_or(JsValue::NULL))
}
