//! A key in, an estimate of how hard it is to guess out. Random text is taken by its alphabet, text made
//! of words by its words; a general password meter would call random keys weak. Never shows a key.

use crate::secret::Secret;

/// Bits for a word out of a dictionary of eight thousand.
const WORD: f64 = 13.0;
/// The shortest run of letters of one case that may be a word, and the longest.
const WORDS: std::ops::RangeInclusive<usize> = 3..=14;
/// A character that follows from those before it.
const FORESEEN: f64 = 0.5;
/// More of a key than this does not make it stronger, in bytes.
const LONGEST: usize = 512;
/// So many characters that came before in the same order are a repetition.
const REPEATED: usize = 4;

/// An estimate of the key's entropy in bits, never more than it is long; what is beyond [`LONGEST`] bytes is not looked at.
#[must_use]
pub fn bits(key: &Secret) -> f64 {
    let bytes = key.expose();
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    let random =
        Alphabet::of(bytes).bits() * fresh(bytes) + FORESEEN * (bytes.len() as f64 - fresh(bytes));
    words(bytes).map_or(random, |words| words.min(random))
}

/// Whether it is made of letters alone.
#[must_use]
pub fn is_letters_only(key: &Secret) -> bool {
    key.expose().iter().all(u8::is_ascii_alphabetic)
}

/// The smallest set of characters that a random text of this kind is drawn from.
#[derive(Clone, Copy)]
enum Alphabet {
    Digits,
    Hex,
    OneCase,
    OneCaseAndDigits,
    Base64,
    Printable,
    Bytes,
}

impl Alphabet {
    fn of(bytes: &[u8]) -> Self {
        let all = |fits: fn(&u8) -> bool| bytes.iter().all(fits);
        let upper = bytes.iter().any(u8::is_ascii_uppercase);
        let lower = bytes.iter().any(u8::is_ascii_lowercase);
        if all(u8::is_ascii_digit) {
            Self::Digits
        } else if all(|byte| byte.is_ascii_hexdigit() || *byte == b'-') && !(upper && lower) {
            Self::Hex
        } else if all(u8::is_ascii_alphabetic) && !(upper && lower) {
            Self::OneCase
        } else if all(u8::is_ascii_alphanumeric) && !(upper && lower) {
            Self::OneCaseAndDigits
        } else if all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=.".contains(byte)) {
            Self::Base64
        } else if all(|byte| (b' '..=b'~').contains(byte)) {
            Self::Printable
        } else {
            Self::Bytes
        }
    }

    /// Bits a character.
    fn bits(self) -> f64 {
        match self {
            Self::Digits => 3.32,
            Self::Hex => 4.0,
            Self::OneCase => 4.7,
            Self::OneCaseAndDigits => 5.17,
            Self::Base64 => 5.95,
            Self::Printable => 6.5,
            Self::Bytes => 8.0,
        }
    }
}

/// How many characters do not follow from those before them, by repetition or by counting.
fn fresh(bytes: &[u8]) -> f64 {
    let foreseen = |at: usize| is_counted(bytes, at) || is_repeated(bytes, at);
    (0..bytes.len()).filter(|at| !foreseen(*at)).count() as f64
}

/// `aaa`, `abc`, `321`.
fn is_counted(bytes: &[u8], at: usize) -> bool {
    let [Some(one), Some(two)] =
        [at.checked_sub(2), at.checked_sub(1)].map(|at| at.map(|at| bytes[at]))
    else {
        return false;
    };
    let (step, next) = (i16::from(two) - i16::from(one), i16::from(bytes[at]) - i16::from(two));
    step == next && (-1..=1).contains(&step)
}

/// Whether this character ends a stretch that stands earlier too.
fn is_repeated(bytes: &[u8], at: usize) -> bool {
    let Some(start) = (at + 1).checked_sub(REPEATED) else { return false };
    let stretch = &bytes[start..=at];
    bytes[..at].windows(REPEATED).any(|earlier| earlier == stretch)
}

/// The bits of a text that is mostly words; `None` for any other text.
fn words(bytes: &[u8]) -> Option<f64> {
    let (mut bits, mut in_words, mut at) = (0.0, 0, 0);
    while at < bytes.len() {
        let length = word(&bytes[at..]);
        if WORDS.contains(&length) && has_vowel(&bytes[at..at + length]) {
            bits += WORD;
            in_words += length;
            at += length;
        } else {
            bits += Alphabet::of(&bytes[at..=at]).bits().min(5.0);
            at += 1;
        }
    }
    (in_words * 10 >= bytes.len() * 6).then_some(bits)
}

/// The length of the run of letters that begins a text: of one case, or with a capital in front.
fn word(text: &[u8]) -> usize {
    let capital = text.first().is_some_and(u8::is_ascii_uppercase);
    let same: fn(&u8) -> bool = match text.get(usize::from(capital)) {
        Some(byte) if byte.is_ascii_uppercase() => u8::is_ascii_uppercase,
        _ => u8::is_ascii_lowercase,
    };
    let rest = text.iter().skip(usize::from(capital)).take_while(|byte| same(byte)).count();
    rest + usize::from(capital)
}

fn has_vowel(word: &[u8]) -> bool {
    word.iter().any(|byte| b"aeiouyAEIOUY".contains(byte))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;
    use crate::key::generate;

    fn of(text: &str) -> f64 {
        bits(&Secret::new(text))
    }

    #[test]
    fn no_random_key_is_called_weak() {
        for _ in 0..2000 {
            let random = generate(32).unwrap();
            let raw = random.expose();
            let alphanumeric: String = raw
                .iter()
                .map(|byte| {
                    let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
                    char::from(all[usize::from(*byte) % all.len()])
                })
                .collect();
            let texts =
                [hex::encode(raw), STANDARD.encode(raw), URL_SAFE_NO_PAD.encode(raw), alphanumeric];
            for text in texts {
                assert!(of(&text) > 170.0, "{text}: {}", of(&text));
            }
            assert!(bits(&random) > 230.0);
            assert!((112.0..160.0).contains(&of(&hex::encode(&raw[..16]))));
        }
    }

    #[test]
    fn words_repetitions_and_counting_are_weak_however_long() {
        for text in [
            "my-super-long-secret-key-for-jwt",
            "RemoteHiveProductionSecretKey",
            "remotehive_jwt_secret_key_2024",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "12345678901234567890123456789012",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "changemechangemechangemechangeme",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "P@ssw0rd!P@ssw0rd!",
            "Tr0ub4dor&3",
        ] {
            assert!(of(text) < 112.0, "{text}: {}", of(text));
        }
    }

    #[test]
    fn ten_words_of_a_dictionary_are_not_weak_and_not_enough() {
        let phrase = "crater-lyric-outback-zesty-mango-tulip-vivid-anchor-brisk-cobalt";
        assert!((112.0..160.0).contains(&of(phrase)), "{}", of(phrase));
    }
}
