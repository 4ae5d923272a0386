//! What is wrong with a configuration, where, and what to type next; out comes text with an excerpt
//! of the file. Never shows a secret: the excerpt is cut from a copy in which they are stars.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A range of bytes in the configuration's text.
pub(super) type Place = Range<usize>;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// A lower-case fact.
    message: String,
    /// The next thing to type; empty where that is plain.
    help: String,
    /// Where it stands, if it stands in the file.
    place: Option<Place>,
}

impl Problem {
    /// A problem with something in the file.
    pub(super) fn at(place: &Place, message: impl Into<String>) -> Self {
        Self { place: Some(place.clone()), ..Self::general(message) }
    }

    /// A problem with something outside the file.
    pub(super) fn general(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: String::new(), place: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// Everything that is wrong with a configuration, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    file: PathBuf,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    /// Problems with `text`, in which nothing secret may be left.
    pub(super) fn new(file: &Path, text: String, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| {
            let place = problem.place.clone().unwrap_or_default();
            (problem.place.is_some(), place.start, place.end, problem.message.clone())
        });
        list.dedup();
        Self { file: file.to_owned(), text, list }
    }

    /// One problem that has no place in the file.
    pub(super) fn without_excerpt(file: &Path, problem: Problem) -> Self {
        Self::new(file, String::new(), vec![problem])
    }

    /// The same text as `Display`, coloured for a terminal.
    #[must_use]
    pub fn coloured(&self) -> String {
        self.render(&Renderer::styled())
    }

    fn render(&self, renderer: &Renderer) -> String {
        let path = self.file.display().to_string();
        let excerpts: Vec<_> =
            self.list.iter().map(|problem| self.excerpt(problem, &path, renderer)).collect();
        excerpts.join("\n\n")
    }

    fn excerpt(&self, problem: &Problem, path: &str, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(&*problem.message);
        let mut group = annotate_snippets::Group::with_title(title);
        if let Some(place) = &problem.place {
            let caret = AnnotationKind::Primary.span(first_line(&self.text, place));
            group = group.element(Snippet::source(&*self.text).path(path).annotation(caret));
        }
        if !problem.help.is_empty() {
            group = group.element(Level::HELP.message(&*problem.help));
        }
        renderer.render(&[group])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

impl std::error::Error for Problems {}

/// A value of many lines is pointed at by its first.
fn first_line(text: &str, place: &Place) -> Place {
    let start = place.start.min(text.len());
    let end = place.end.clamp(start, text.len());
    let length = text[start..end].find(['\n', '\r']).unwrap_or(end - start);
    start..start + length
}
