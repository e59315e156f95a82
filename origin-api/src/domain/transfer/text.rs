//! Texts of other programs, as far as they fit.

/// Characters in a title.
const TITLE: usize = 256;
/// Characters in a description.
const DESCRIPTION: usize = 10_000;
/// Characters in a tag.
const TAG: usize = 50;
/// Characters in a project's name.
const PROJECT: usize = 100;
/// Tags on a task.
const TAGS: usize = 20;

/// What a task says, gathered piece by piece.
#[derive(Debug, Default)]
pub(super) struct Words {
    description: String,
    pub(super) tags: Vec<String>,
}

impl Words {
    /// The title that `text` gives: its first 255 characters where it is too long, with all of it in the description.
    /// `None` when it is blank.
    pub(super) fn title(&mut self, text: &str, notes: &mut Vec<String>) -> Option<String> {
        // A title is one line everywhere.
        let text = clean(text).replace(['\r', '\n'], " ");
        let text = text.trim();
        if text.chars().count() <= TITLE {
            return (!text.is_empty()).then(|| text.to_owned());
        }
        notes.push(
            "its text is longer than a title may be: all of it is in the description".to_owned(),
        );
        self.describe(text, notes);
        Some(format!("{}…", first(text, TITLE - 1).trim_end()))
    }

    /// Adds a paragraph to the description.
    pub(super) fn describe(&mut self, text: &str, notes: &mut Vec<String>) {
        let text = clean(text);
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if !self.description.is_empty() {
            self.description.push_str("\n\n");
        }
        self.description.push_str(text);
        if self.description.chars().count() > DESCRIPTION {
            self.description = format!("{}…", first(&self.description, DESCRIPTION - 1));
            notes.push(
                "its description is longer than 10,000 characters, and was cut there".to_owned(),
            );
        }
    }

    /// Adds a tag; one that cannot be a tag as it is loses what no tag can have.
    pub(super) fn tag(&mut self, text: &str, notes: &mut Vec<String>) {
        let text = clean(text);
        let text = text.trim();
        let tag = first(&text.replace(',', " "), TAG).trim().to_owned();
        if tag != text {
            notes.push(format!(
                "its tag {text:?} became {tag:?}: a tag has up to {TAG} characters and no comma"
            ));
        }
        if tag.is_empty() || self.tags.contains(&tag) {
            return;
        }
        if self.tags.len() == TAGS {
            notes.push(format!(
                "its tag {tag:?} is left out: a task has at most {TAGS}"
            ));
        } else {
            self.tags.push(tag);
        }
    }

    pub(super) fn description(self) -> Option<String> {
        (!self.description.is_empty()).then_some(self.description)
    }
}

/// The project called `text`.
pub(super) fn project(text: &str, notes: &mut Vec<String>) -> Option<String> {
    let text = clean(text);
    let text = text.trim();
    let name = first(text, PROJECT).trim().to_owned();
    if name != text {
        notes.push(format!(
            "its project's name is longer than {PROJECT} characters, and was cut there"
        ));
    }
    (!name.is_empty()).then_some(name)
}

/// Without what PostgreSQL cannot hold.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

fn first(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    end.map_or(text, |(at, _)| &text[..at])
}
