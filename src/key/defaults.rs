//! Keys that everyone knows: the ones in documentation, templates and fallbacks. A service that
//! verifies with one of them can be spoken to by anyone. The values are public, and still only
//! the label is ever shown.

use crate::secret::Secret;

/// A well-known key.
pub struct WellKnown {
    /// The key as text.
    pub value: &'static str,
    /// Where it comes from, in words that fit after "signed with".
    pub label: &'static str,
}

impl WellKnown {
    /// The key's bytes.
    #[must_use]
    pub fn secret(&self) -> Secret {
        Secret::new(self.value)
    }
}

/// Declares the table: value, label.
macro_rules! well_known {
    ($($value:literal $label:literal;)*) => {
        /// Every well-known key, likeliest first. A row's number names it in `KeyName::Default`.
        pub const TABLE: &[WellKnown] = &[$(WellKnown { value: $value, label: $label },)*];
    };
}

well_known! {
    "your-secret-key" "the commonest placeholder of templates (hyphens)";
    "secret" "the example of most JWT libraries";
    "your-secret-key-change-in-production" "a fallback that asks to be changed in production";
    "your-secret-key-here" "the placeholder of many env-file templates";
    "your-256-bit-secret" "the example key of jwt.io until 2025";
    "a-string-secret-at-least-256-bits-long" "the example key of jwt.io since 2025";
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7" "the example key of the FastAPI tutorial";
    "changeme" "a fallback that asks to be changed";
    "change-me" "a fallback that asks to be changed (hyphenated)";
    "change-me-in-production" "a fallback that asks to be changed in production (short form)";
    "shhhhh" "the example key of the jsonwebtoken README";
    "shhhhhhared-secret" "the example key of the express-jwt README";
    "AllYourBase" "the example key of golang-jwt";
    "my$ecretK3y" "the example key of the ruby-jwt README";
    "fallback-secret" "a fallback that calls itself one";
    "fallback-secret-key" "a fallback that calls itself one (longer form)";
    "your_jwt_secret" "the placeholder of many Node templates (underscores)";
    "your-jwt-secret" "the placeholder of many Node templates (hyphens)";
    "your-jwt-secret-key" "the placeholder of many Node templates (hyphens, longer form)";
    "your-super-secret-jwt-key" "the placeholder of generated Node projects";
    "your-super-secret-jwt-key-change-this-in-production" "the placeholder of generated Node projects (longer form)";
    "yourSecretKey" "the placeholder of many Express tutorials (camel case)";
    "your_secret_key" "the placeholder of many templates (underscores)";
    "dev-secret" "a development fallback (hyphen)";
    "dev_secret" "a development fallback (underscore)";
    "dev-secret-key" "a development fallback (longer form)";
    "dev-secret-change-me" "a development fallback that asks to be changed";
    "development-secret-change-in-production" "a development fallback that asks to be changed in production";
    "supersecret" "the example key of many tutorials (one word)";
    "super-secret" "the example key of many tutorials (hyphenated)";
    "super-secret-key" "the example key of many Python tutorials";
    "secretkey" "the plainest of placeholders (two words written as one)";
    "secret-key" "the plainest of placeholders (hyphen)";
    "mysecretkey" "the example key of many Spring tutorials";
    "my-secret-key" "the example key of many tutorials (hyphens)";
    "jwt-secret" "the variable's own name in small letters (hyphen)";
    "jwt_secret" "the variable's own name in small letters (underscore)";
    "JWT_SECRET" "the name of a variable instead of its value";
    "JWT_SECRET_KEY" "the name of the key's variable instead of its value";
    "undefined" "what JavaScript makes of a missing value";
    "null" "what JSON makes of a missing value";
    "None" "what Python makes of a missing value";
    "${JWT_SECRET}" "a reference that nothing expanded (braces)";
    "$JWT_SECRET" "a reference that nothing expanded";
    "${JWT_SECRET_KEY}" "a reference to the key's variable that nothing expanded (braces)";
    "$JWT_SECRET_KEY" "a reference to the key's variable that nothing expanded";
    "password" "the commonest of all passphrases";
    "test" "a placeholder of trial set-ups";
    "default" "the word for a fallback";
    "keyboard cat" "the example key of express-session";
    "s3cr3t" "a dictionary word spelt with digits";
}

/// The number of the row that holds these bytes.
#[must_use]
pub fn position(key: &Secret) -> Option<usize> {
    TABLE.iter().position(|row| row.value.as_bytes() == key.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_and_no_label_stands_twice_and_no_label_shows_its_value() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(position(&row.secret()), Some(index), "{} stands twice", row.label);
            assert_eq!(TABLE.iter().filter(|other| other.label == row.label).count(), 1);
            let shown = row.label.to_lowercase().contains(&row.value.to_lowercase());
            assert!(!shown, "row {index} shows its value");
        }
    }
}
