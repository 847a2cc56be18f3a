//! GGUF metadata as the model descriptions read it.

use carrel_models::{Field, Metadata};

use crate::gguf::{Gguf, Value};

impl Metadata for Gguf {
    fn field(&self, key: &str) -> Option<Field> {
        Some(match self.get(key)? {
            Value::Bool(value) => Field::Integers(vec![value.into()]),
            Value::String(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Field::Text(text.to_owned()),
                Err(_) => Field::Other,
            },
            // Only numbers by layer are read as arrays; longer ones are not copied.
            Value::Array(array) if array.n_elements <= 65_536 => {
                let integer = |element| match element {
                    Value::Bool(value) => Some(value.into()),
                    other => other.as_integer(),
                };
                array
                    .iter()
                    .map(integer)
                    .collect::<Option<_>>()
                    .map_or(Field::Other, Field::Integers)
            }
            Value::Array(_) => Field::Other,
            number => match (number.as_integer(), number.as_float()) {
                (Some(integer), _) => Field::Integer(integer),
                (None, Some(float)) => Field::Float(float),
                (None, None) => Field::Other,
            },
        })
    }

    fn array_length(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Array(array) => Some(array.n_elements as u64),
            _ => None,
        }
    }
}
