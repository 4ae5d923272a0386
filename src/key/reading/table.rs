//! The readings: one row each, likeliest first. A row that makes the bytes of an earlier one is
//! never tried, so narrow rows may stand beside wide ones.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::general_purpose as base64_text;

use super::text::{self, References, between};
use super::{Reading, codec};

const NO_NEWLINE: &str = "Write the value with printf %s or echo -n, or strip it where it is read.";
const NO_BLANKS: &str =
    "Take the white space out of where the key is set, or strip it where it is read.";
const NO_QUOTES: &str =
    "Take the quotes out of the env file; a key of letters and digits needs none.";
const PLAIN_KEY: &str =
    "Rotate to a key made by `authprobe keygen`: no loader reads letters and digits otherwise.";
const ONE_LINE: &str = "Write the key on one line: `authprobe keygen` prints one.";
const AS_TEXT: &str = "Use the key's text as it is, or decode it in every service.";
const AS_BYTES: &str =
    "Use the key as it is; what is stored encoded must be decoded where it is read.";
const VALUE_ONLY: &str = "Store the value alone, without the name of its variable.";
const EXPAND: &str =
    "Let whatever starts the service put the variable's value in; anyone can guess this text.";
const COPY: &str =
    "Copy the key letter by letter: to HMAC it is bytes, neither a number nor without case.";
const WHOLE_KEY: &str = "Use the whole key, or rotate to one of that length everywhere.";
const SAME_HASH: &str = "Use the key itself, or hash it in every service.";
const SAME_BYTES: &str = "Encode the key as UTF-8 without a byte order mark.";

/// Declares the table: code, what the service has, how it comes about, how it is mended, and the
/// function that makes it.
macro_rules! readings {
    ($($code:literal $what:literal, $origin:literal; $mend:ident $bytes:expr;)*) => {
        /// Every reading, likeliest first.
        pub const TABLE: &[Reading] = &[
            $(Reading { code: $code, what: $what, origin: $origin, mend: $mend, bytes: $bytes },)*
        ];
    };
}

readings! {
    "trailing-newline" "the shared key plus a line feed",
        "a Kubernetes Secret made with echo looks like this";
        NO_NEWLINE |from| Some([from.key, b"\n"].concat());
    "double-quoted" "the shared key in double quotes",
        "docker run --env-file and kubectl keep the quotes of an env file";
        NO_QUOTES |from| between("\"", from.key, "\"");
    "base64-decoded" "the bytes that the shared key stands for as base64",
        "jjwt, Kong and others decode the text of a key before they use it";
        AS_TEXT |from| codec::base64_decoded(&STANDARD, from.key);
    "hex-decoded" "the bytes that the shared key's hexadecimal digits stand for",
        "Buffer.from(key, 'hex') and bytes.fromhex do this";
        AS_TEXT |from| codec::hex_decoded(from.key);
    "trailing-newline-removed" "the shared key without its last line end",
        "loaders strip the line end of a file, and the shared key includes it";
        NO_NEWLINE |from| text::without_line_end(from.key);
    "trimmed" "the shared key without the white space at its ends",
        "most loaders trim what they read, and the shared key includes it";
        NO_BLANKS |from| text::trimmed(from.key);
    "as-written" "all that stands after the = in its env file",
        "docker run --env-file and kubectl know neither quotes nor comments";
        NO_QUOTES |from| text::as_written(from);
    "cut-at-hash" "the shared key up to its first #",
        "Node's dotenv and others take a # for the start of a comment";
        PLAIN_KEY |from| text::cut_at("#", from.key);
    "cut-at-spaced-hash" "the shared key up to the # after a blank",
        "most loaders take it for the start of a comment";
        PLAIN_KEY |from| text::cut_at(" #", from.key);
    "references-removed" "the shared key without what follows its dollar signs",
        "shells, compose and many env-file loaders put in variables that are not set";
        PLAIN_KEY |from| text::interpolated(References::Both, from.key);
    "braced-references-removed" "the shared key without its ${...}",
        "python-dotenv puts in variables that are not set";
        PLAIN_KEY |from| text::interpolated(References::Braced, from.key);
    "dollars-halved" "the shared key with one dollar sign for two",
        "compose reads two dollar signs as one";
        PLAIN_KEY |from| text::interpolated(References::Halved, from.key);
    "compose-interpolated" "the shared key as compose interpolates it",
        "compose halves dollar signs and puts in variables that are not set";
        PLAIN_KEY |from| text::interpolated(References::Compose, from.key);
    "quotes-removed" "the shared key without the quotes around it",
        "shells and most loaders take quotes off";
        NO_QUOTES |from| text::unquoted(from.key);
    "first-line" "the first line of the shared key",
        "env files end a value at the end of its line";
        ONE_LINE |from| text::cut_at("\n", from.key);
    "lines-joined" "the lines of the shared key as one",
        "whoever copied a wrapped key took the line ends out";
        ONE_LINE |from| text::line_ends("", from.key);
    "newlines-escaped" "the shared key with \\n for its line ends",
        "a value of several lines was written as one, and nothing turns it back";
        ONE_LINE |from| text::line_ends("\\n", from.key);
    "newlines-as-spaces" "the shared key with blanks for its line ends",
        "an unquoted shell variable turns line ends into blanks";
        ONE_LINE |from| text::line_ends(" ", from.key);
    "escapes-processed" "the shared key with its backslash sequences carried out",
        "loaders do this between double quotes";
        PLAIN_KEY |from| text::unescaped(from.key);
    "backslashes-removed" "the shared key without its backslashes",
        "shells and systemd do this outside quotes";
        PLAIN_KEY |from| text::shell_unescaped(from.key);
    "trailing-carriage-return" "the shared key plus a carriage return",
        "a file with Windows line ends, read by a shell, looks like this";
        NO_BLANKS |from| Some([from.key, b"\r"].concat());
    "trailing-crlf" "the shared key plus a Windows line end",
        "a key file written by a Windows editor looks like this";
        NO_NEWLINE |from| Some([from.key, b"\r\n"].concat());
    "single-quoted" "the shared key in single quotes",
        "docker run --env-file and kubectl keep the quotes of an env file";
        NO_QUOTES |from| between("'", from.key, "'");
    "trailing-space" "the shared key plus a blank",
        "docker run --env-file keeps the blank that ends a line";
        NO_BLANKS |from| between("", from.key, " ");
    "base64-encoded" "the shared key in base64",
        "a Kubernetes Secret's data that nobody decoded looks like this";
        AS_BYTES |from| Some(base64_text::STANDARD.encode(from.key).into());
    "cut-at-dollar" "the shared key up to its first variable",
        "some loaders stop at a $NAME that they do not know";
        PLAIN_KEY |from| text::cut_at_reference(from.key);
    "cut-at-space" "the shared key up to its first blank",
        "a shell ends an unquoted value there";
        PLAIN_KEY |from| text::cut_at(" ", from.key);
    "cut-at-semicolon" "the shared key up to its first semicolon",
        "a shell ends a command there";
        PLAIN_KEY |from| text::cut_at(";", from.key);
    "base64url-decoded" "the bytes that the shared key stands for as base64url",
        "libraries decode a key that comes as a JWK";
        AS_TEXT |from| codec::base64_decoded(&URL_SAFE, from.key);
    "base64-decoded-by-node" "the bytes that Node reads from the shared key as base64",
        "Buffer.from(key, 'base64') ignores what is not base64";
        AS_TEXT |from| Some(codec::base64_decoded_by_node(from.key));
    "base64-decoded-by-jaxb" "the bytes that older Java reads from the shared key as base64",
        "jjwt before 0.10 ignores what is not base64, and an unfinished end";
        AS_TEXT |from| codec::base64_decoded_by_jaxb(from.key);
    "base64-decoded-by-python" "the bytes that Python reads from the shared key as base64",
        "base64.b64decode ignores what is not base64";
        AS_TEXT |from| codec::base64_decoded_by_python(from.key);
    "hex-decoded-by-node" "the bytes of the hexadecimal digits that the shared key begins with",
        "Buffer.from(key, 'hex') stops at what is not hexadecimal";
        AS_TEXT |from| Some(codec::hex_decoded_by_node(from.key));
    "hex-encoded" "the shared key's bytes as hexadecimal digits",
        "the key was printed in hexadecimal and never turned back";
        AS_BYTES |from| Some(hex::encode(from.key).into());
    "hex-encoded-upper-case" "the shared key's bytes as upper-case hexadecimal digits",
        "the key was printed in hexadecimal and never turned back";
        AS_BYTES |from| Some(hex::encode_upper(from.key).into());
    "upper-cased" "the shared key's hexadecimal digits in upper case",
        "another tool printed the key in the other case";
        COPY |from| codec::hex_digits(from.key, <[u8]>::to_ascii_uppercase);
    "lower-cased" "the shared key's hexadecimal digits in lower case",
        "another tool printed the key in the other case";
        COPY |from| codec::hex_digits(from.key, <[u8]>::to_ascii_lowercase);
    "literal-braces" "the text ${...} with its variable's name",
        "nothing put the variable's value in";
        EXPAND |from| text::name("${", from, "}");
    "literal-dollar" "the text $... with its variable's name",
        "nothing put the variable's value in";
        EXPAND |from| text::name("$", from, "");
    "literal-parentheses" "the text $(...) with its variable's name",
        "Kubernetes leaves a reference as it is when there is no such variable";
        EXPAND |from| text::name("$(", from, ")");
    "literal-name" "its variable's name",
        "the code has the name where it should look the value up";
        EXPAND |from| text::name("", from, "");
    "assignment" "the shared key with NAME= before it",
        "the whole assignment was stored as the value";
        VALUE_ONLY |from| text::assignment("", from);
    "assignment-exported" "the shared key with export NAME= before it",
        "the whole assignment was stored as the value";
        VALUE_ONLY |from| text::assignment("export ", from);
    "whole-line" "the whole line of its env file",
        "the line was stored as the value";
        VALUE_ONLY |from| text::whole_line(from);
    "whole-file" "the whole file that the shared key is in",
        "an env file was mounted where a file with the key alone should be";
        VALUE_ONLY |from| from.file.map(<[u8]>::to_vec);
    "sha256" "the SHA-256 hash of the shared key",
        "some frameworks hash a secret to get a key of fixed length";
        SAME_HASH |from| codec::sha256(from.key);
    "sha256-hex" "the SHA-256 hash of the shared key as hexadecimal digits",
        "some set-ups hash a passphrase to get a key";
        SAME_HASH |from| Some(codec::sha256_hex(from.key));
    "cut-to-32" "the first 32 bytes of the shared key",
        "some crypto interfaces take 256 bits and no more";
        WHOLE_KEY |from| codec::cut_to(32, from.key);
    "cut-to-64" "the first 64 bytes of the shared key",
        "some crypto interfaces take 512 bits and no more, and base64 wraps there";
        WHOLE_KEY |from| codec::cut_to(64, from.key);
    "zero-x-prefixed" "the shared key with 0x before it",
        "hexadecimal numbers are often written so";
        COPY |from| codec::hex_digits(from.key, |key| [b"0x", key].concat());
    "zero-x-removed" "the shared key without its 0x",
        "hexadecimal readers drop it";
        COPY |from| codec::without_0x(from.key).map(<[u8]>::to_vec);
    "percent-decoded" "the shared key with its %.. read as in an address",
        "the key was passed through a URL";
        PLAIN_KEY |from| codec::percent_decoded(from.key);
    "plus-as-space" "the shared key with blanks for its plus signs",
        "the key was passed through a form";
        PLAIN_KEY |from| codec::plus_as_space(from.key);
    "form-decoded" "the shared key as a form would be read",
        "the key was passed through a form";
        PLAIN_KEY |from| codec::percent_decoded(&codec::plus_as_space(from.key)?);
    "base64-encoded-with-newline" "the shared key and a line feed in base64",
        "echo piped into base64, and never decoded, looks like this";
        AS_BYTES |from| Some(base64_text::STANDARD.encode([from.key, b"\n"].concat()).into());
    "base64-encoded-unpadded" "the shared key in base64 without padding",
        "the key was encoded and never decoded";
        AS_BYTES |from| Some(base64_text::STANDARD_NO_PAD.encode(from.key).into());
    "base64url-encoded-unpadded" "the shared key in base64url without padding",
        "the key was encoded as in a JWK and never decoded";
        AS_BYTES |from| Some(base64_text::URL_SAFE_NO_PAD.encode(from.key).into());
    "base64url-encoded" "the shared key in base64url",
        "the key was encoded and never decoded";
        AS_BYTES |from| Some(base64_text::URL_SAFE.encode(from.key).into());
    "backticked" "the shared key in backticks",
        "only some loaders take backticks for quotes";
        NO_QUOTES |from| between("`", from.key, "`");
    "trailing-tab" "the shared key plus a tab",
        "docker run --env-file keeps the tab that ends a line";
        NO_BLANKS |from| between("", from.key, "\t");
    "leading-space" "the shared key after a blank",
        "docker run --env-file keeps the blank after the =";
        NO_BLANKS |from| between(" ", from.key, "");
    "byte-order-mark" "the shared key after a byte order mark",
        "a key file written by a Windows editor looks like this";
        SAME_BYTES |from| between("\u{feff}", from.key, "");
    "utf-16le" "the shared key in UTF-16",
        "Encoding.Unicode in .NET and PowerShell does this";
        SAME_BYTES |from| codec::utf16(from.key, u16::to_le_bytes);
    "utf-16be" "the shared key in big-endian UTF-16",
        "getBytes(UTF_16BE) in Java does this";
        SAME_BYTES |from| codec::utf16(from.key, u16::to_be_bytes);
    "python-bytes-literal" "the shared key between b' and '",
        "str() of a bytes object in Python looks like this";
        AS_BYTES |from| text::python_literal(from.key);
    "cut-to-48" "the first 48 bytes of the shared key",
        "some crypto interfaces take 384 bits and no more";
        WHOLE_KEY |from| codec::cut_to(48, from.key);
    "cut-to-16" "the first 16 bytes of the shared key",
        "some crypto interfaces take 128 bits and no more";
        WHOLE_KEY |from| codec::cut_to(16, from.key);
}
