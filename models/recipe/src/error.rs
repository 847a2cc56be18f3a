//! What can go wrong while the data or the files of a model are made.

/// An error of the recipe.
#[derive(Debug)]
pub enum RecipeError {
    /// The vocabulary cannot be learnt.
    Vocabulary(String),
    /// A file of weights is not what the training program writes.
    Weights(String),
    /// A file of questions is not as its first lines say.
    Questions(String),
    /// Reading or writing.
    Io(std::io::Error),
    /// The product.
    Core(carrel_core::Error),
    /// JSON.
    Json(serde_json::Error),
}

/// A result of the recipe.
pub type Result<T> = std::result::Result<T, RecipeError>;

impl std::fmt::Display for RecipeError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vocabulary(message) => write!(formatter, "vocabulary: {message}"),
            Self::Weights(message) => write!(formatter, "weights: {message}"),
            Self::Questions(message) => write!(formatter, "questions: {message}"),
            Self::Io(error) => error.fmt(formatter),
            Self::Core(error) => error.fmt(formatter),
            Self::Json(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for RecipeError {}

impl From<std::io::Error> for RecipeError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<carrel_core::Error> for RecipeError {
    fn from(error: carrel_core::Error) -> Self {
        Self::Core(error)
    }
}

impl From<serde_json::Error> for RecipeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}
