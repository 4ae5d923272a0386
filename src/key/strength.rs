//! A key in, an estimate of how hard it is to guess out. Random text is taken by its alphabet, text made
//! of words by its words; a general password meter would call random keys weak. Never shows a key.

use crate::secret::Secret;

/// Bits for a word out of a dictionary of eight thousand.
const WORD: f64 = 13.0;
/// A longer run of letters is two words.
const LONGEST_WORD: usize = 8;
/// A run of more letters may as well be random.
const LONGEST_RUN: usize = 14;
/// The fewest letters that are taken for a word wherever they stand.
const SHORTEST_WORD: usize = 4;
/// A character that follows from those before it.
const FORESEEN: f64 = 0.5;
/// More of a key than this does not make it stronger, in bytes.
const LONGEST: usize = 512;
/// So many characters that came before in the same order are a repetition.
const REPEATED: usize = 4;

/// An estimate of the key's entropy in bits, never more than it is long; of a long key only the first bytes are
/// looked at.
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

/// The fourth and further of `aaaa`, `abcd`, `4321`.
fn is_counted(bytes: &[u8], at: usize) -> bool {
    let Some(start) = at.checked_sub(3) else { return false };
    let steps = bytes[start..=at].windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0]));
    let steps: Vec<i16> = steps.collect();
    (-1..=1).contains(&steps[0]) && steps.iter().all(|step| *step == steps[0])
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
        let end = at + letters(&bytes[at..]);
        let run = &bytes[at..end];
        let stands_alone =
            is_edge(at.checked_sub(1).map(|at| bytes[at])) && is_edge(bytes.get(end).copied());
        if !run.is_empty() && (stands_alone || run.len() >= SHORTEST_WORD) && is_spoken(run) {
            bits += WORD * run.len().div_ceil(LONGEST_WORD) as f64;
            in_words += run.len();
            at = end;
        } else {
            bits +=
                if is_edge(Some(bytes[at])) { 1.0 } else { Alphabet::of(&bytes[at..=at]).bits() };
            at += 1;
        }
    }
    let letters = bytes.iter().filter(|byte| !is_edge(Some(**byte))).count();
    (in_words * 4 >= letters * 3 && is_in_one_style(bytes)).then_some(bits)
}

/// Whether capitals and digits stand as they do in names: capitals all over, or hardly ever in a row;
/// digits in few groups.
fn is_in_one_style(bytes: &[u8]) -> bool {
    let groups = bytes.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty());
    if groups.count() > 2 {
        return false;
    }
    let in_a_row = bytes.windows(2).filter(|pair| pair.iter().all(u8::is_ascii_uppercase)).count();
    in_a_row <= 2 || !bytes.iter().any(u8::is_ascii_lowercase)
}

/// What stands between words, or nothing.
fn is_edge(byte: Option<u8>) -> bool {
    byte.is_none_or(|byte| b"-_. :".contains(&byte))
}

/// The length of the run of letters that begins a text: of one case, or with a capital in front.
fn letters(text: &[u8]) -> usize {
    let capital = text.first().is_some_and(u8::is_ascii_uppercase);
    let same: fn(&u8) -> bool = match text.get(usize::from(capital)) {
        Some(byte) if byte.is_ascii_uppercase() => u8::is_ascii_uppercase,
        _ => u8::is_ascii_lowercase,
    };
    let rest = text.iter().skip(usize::from(capital)).take_while(|byte| same(byte)).count();
    rest + usize::from(capital)
}

/// Whether letters could be spoken: vowels among them, and never many consonants in a row. Short ones
/// are abbreviations, such as jwt.
fn is_spoken(run: &[u8]) -> bool {
    let is_vowel = |byte: &u8| b"aeiouyAEIOUY".contains(byte);
    let vowels = run.iter().filter(|byte| is_vowel(byte)).count();
    let in_a_row = run.split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    let mixed = vowels * 5 >= run.len() && vowels * 10 <= run.len() * 7;
    run.len() < SHORTEST_WORD || (run.len() <= LONGEST_RUN && mixed && in_a_row <= 4)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    fn of(text: &str) -> f64 {
        bits(&Secret::new(text))
    }

    #[test]
    fn no_random_key_is_called_weak() {
        // A seed, for in some millions of keys there is one that looks like words.
        let mut source = fastrand::Rng::with_seed(3);
        for _ in 0..2_000 {
            let random: [u8; 32] = std::array::from_fn(|_| source.u8(..));
            let random = Secret::new(random);
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
            let base32: String = raw
                .iter()
                .chain(raw)
                .take(52)
                .enumerate()
                .map(|(at, byte)| {
                    let shift = if at < 32 { 0 } else { 3 };
                    char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(byte >> shift) % 32])
                })
                .collect();
            assert!(of(&base32) > 112.0, "{base32}: {}", of(&base32));
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
