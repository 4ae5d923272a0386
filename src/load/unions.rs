//! The values of probes.yaml that are neither a word nor a record: those that can be written in two
//! ways, and commands. Never decides what a value means for a service.

use schemars::JsonSchema;

use super::decode::{Decode, Reader};
use super::fields::record;
use super::scalars::{HeaderName, HiddenText, Span};
use super::tree::{Node, Placed};

/// Declares a choice between two ways to write one value, told apart by whether it is a mapping.
macro_rules! either {
    ($($(#[$meta:meta])* $name:ident $expected:literal { $short:ident($short_type:ty), $long:ident($long_type:ty) })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, JsonSchema)]
        #[schemars(untagged)]
        pub(super) enum $name {
            $short($short_type),
            $long($long_type),
        }

        impl Decode for $name {
            const EXPECTED: &'static str = $expected;

            fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
                match &node.value {
                    Node::Map(_) => <$long_type>::decode(node, reader).map(Self::$long),
                    Node::List(_) => reader.mismatch(node, Self::EXPECTED),
                    _ => <$short_type>::decode(node, reader).map(Self::$short),
                }
            }
        }
    )*};
}

either! {
    /// Limits of time: one for all of a request, or one for each phase.
    Timeout "a duration or { connect, first_byte, total }" { Total(Span), Each(Phases) }
    /// The value of a request header: never shown.
    HeaderValue "text or { env: NAME }" { Text(HiddenText), Env(EnvReference) }
    /// A header that an answer must carry: its name alone, or also a part of its value.
    HeaderCondition "a header's name or { name, contains }" { Name(HeaderName), Match(HeaderMatch) }
}

record! {
    /// A header that an answer carries.
    HeaderMatch "a mapping with a name" {
        /// The header's name.
        name: Placed<HeaderName>,
        /// A text that its value contains.
        contains: Option<Placed<String>>,
    }
}

record! {
    /// Limits of time for one request.
    Phases "a duration or a mapping" {
        /// For the connection, TLS included; 3s unless said otherwise.
        connect: Option<Placed<Span>>,
        /// Until the first byte of the answer; 5s unless said otherwise.
        first_byte: Option<Placed<Span>>,
        /// For all of it; 10s unless said otherwise.
        total: Option<Placed<Span>>,
    }
}

record! {
    /// A value that is read from an environment variable of authprobe itself.
    EnvReference "text or { env: NAME }" {
        /// The variable's name.
        env: Placed<String>,
    }
}

/// One status or several.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub(super) enum Statuses {
    One(u32),
    Several(Vec<Placed<u32>>),
}

impl Decode for Statuses {
    const EXPECTED: &'static str = "a status such as 200 or a list of them";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Node::Number(_) => u32::decode(node, reader).map(Self::One),
            Node::List(_) => Vec::decode(node, reader).map(Self::Several),
            _ => reader.mismatch(node, Self::EXPECTED),
        }
    }
}

/// A program and its arguments. Excerpts show the program only, and not if arguments were
/// written into it.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(transparent)]
pub(super) struct Arguments(pub(super) Vec<Placed<String>>);

impl Decode for Arguments {
    const EXPECTED: &'static str = "a list: the program, then its arguments";

    fn decode(node: &Placed<Node>, reader: &mut Reader) -> Option<Self> {
        let Node::List(items) = &node.value else { return reader.mismatch(node, Self::EXPECTED) };
        let named = items.first().is_some_and(|program| is_path(&program.value));
        items.iter().skip(usize::from(named)).for_each(|argument| reader.hide(argument));
        Vec::decode(node, reader).map(Self)
    }
}

/// Whether it is a program's path and not a whole command line.
fn is_path(program: &Node) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "/._+-".contains(c);
    matches!(program, Node::Text(text) if text.chars().all(fits))
}
