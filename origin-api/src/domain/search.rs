//! What a text is found by: words, without case and accents.
//!
//! Both what is stored and what is asked for go through [`fold`] and the same cut into words, so whatever this does, it
//! does to both. PostgreSQL's own parser is not used: it takes addresses, signs and numbers for more than words, and
//! what it takes for a letter hangs on the locale of the cluster.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared_types::id::{TaskId, UserId};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

#[cfg(test)]
mod tests;

/// Characters of a word that count: what follows them is neither stored nor asked for.
const LONGEST: usize = 64;
/// How many digits of the user's id stand before each word.
pub const OWNER: usize = 8;

/// The texts of a task.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its tags.
    pub tags: &'a [&'a str],
    /// Its project.
    pub project: Option<&'a str>,
    /// Its description.
    pub description: Option<&'a str>,
}

/// What is asked for: every word must be found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Each word once, with its owner before it.
    pub words: Vec<String>,
    /// Of each word, whether longer ones that begin with it are meant too.
    pub is_beginning: Vec<bool>,
}

/// Where a page of found tasks ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its rank; `None` where so many tasks are found that they come newest first.
    pub rank: Option<Rank>,
    /// When it was created, in microseconds since 1970.
    pub created_at: i64,
    /// Its id.
    pub id: TaskId,
}

/// What a found task is ranked by, before its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rank {
    /// What the places of the words add up to.
    pub points: i32,
    /// Open ones come first among equals.
    pub is_open: bool,
}

impl Place {
    /// When the task was created; `None` when no task can have been.
    pub fn created_at(&self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.created_at).ok()
    }
}

/// What letters have in common that a reader would type for each other: without case, accents and the forms of
/// presentation (ﬁ, ①, half width). Folding what was folded changes nothing.
///
/// Case is folded by way of the capitals, which makes one letter of ß and ss, of ς and σ, of ı and i.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let decomposed = text.nfkd().flat_map(char::to_uppercase);
    let decomposed = decomposed.flat_map(char::to_lowercase).nfkd();
    let mut letters = String::with_capacity(text.len());
    let mut base = ' ';
    for letter in decomposed {
        // The two letters differ in more than an accent, in Russian alone.
        let is_short_i = letter == '\u{306}' && base == 'и';
        if is_short_i || !is_left_out(letter) {
            match in_latin(letter) {
                Some(plain) => letters.push_str(plain),
                None => letters.push(letter),
            }
            if is_short_i || canonical_combining_class(letter) == 0 {
                base = letter;
            }
        }
    }
    letters.nfc().collect()
}

/// Accents, vowel points, and what has no shape. Marks of other scripts (those of Indic vowels, the voiced sounds of
/// kana) make another letter, and stay.
const fn is_left_out(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}'
        // Hebrew; Arabic, with the stroke that only lengthens.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
        // A soft hyphen, joiners, directions, variants of a shape, colours of a skin.
        | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// Letters that have no accent to lose, in the spelling of those who lack them.
const fn in_latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        // Of its capital, which has none itself.
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return None,
    })
}

/// What a character does in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is part of a word.
    Letter,
    /// It is part of a text that has no spaces between its words.
    Unspaced,
    /// It is a word.
    Symbol,
    /// It parts words.
    Space,
}

fn kind(letter: char) -> Kind {
    match letter {
        // Thai, Lao, Myanmar, Khmer; kana; Han.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Unspaced,
        '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => {
            Kind::Symbol
        }
        letter if letter.is_alphanumeric() || is_combining_mark(letter) => Kind::Letter,
        _ => Kind::Space,
    }
}

/// The pieces of a folded text that are of one kind.
fn pieces(folded: &str) -> impl Iterator<Item = (Kind, &str)> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let ends = rest
            .char_indices()
            .skip(1)
            .find(|&(_, letter)| first == Kind::Symbol || kind(letter) != first);
        let (piece, after) = rest.split_at(ends.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some((first, piece))
    })
    .filter(|(kind, _)| *kind != Kind::Space)
}

/// Neighbours, since nothing says where a word ends.
fn pairs(piece: &str) -> impl Iterator<Item = &str> {
    let starts = piece.char_indices().map(|(at, _)| at);
    let ends = piece
        .char_indices()
        .map(|(at, letter)| at + letter.len_utf8());
    starts
        .zip(ends.skip(1))
        .map(|(start, end)| &piece[start..end])
}

/// A word up to where it counts.
fn cut(word: &str) -> &str {
    let end = word.char_indices().nth(LONGEST);
    end.map_or(word, |(end, _)| &word[..end])
}

/// The words by which a text is found.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (kind, piece) in pieces(&fold(text)) {
        if kind == Kind::Unspaced {
            words.extend(pairs(piece).map(str::to_owned));
            // Each other one begins a pair.
            words.extend(piece.chars().next_back().map(String::from));
        } else {
            words.push(cut(piece).to_owned());
        }
    }
    words
}

/// The words of a task as PostgreSQL reads a `tsvector`, with their places in it: 1A is the title, 2B the tags and the
/// project, 3 the description.
pub fn vector(user: UserId, task: &Texts<'_>) -> String {
    const PLACES: [&str; 3] = ["1A", "2B", "3"];
    let mut found: BTreeMap<String, [bool; 3]> = BTreeMap::new();
    let mut add = |place: usize, text: &str| {
        for word in words(text) {
            found.entry(word).or_default()[place] = true;
        }
    };
    add(0, task.title);
    for text in task.tags.iter().copied().chain(task.project) {
        add(1, text);
    }
    add(2, task.description.unwrap_or_default());
    let owner = owner(user);
    let mut vector = String::new();
    for (word, is_in) in &found {
        let places = PLACES.iter().zip(is_in).filter(|(_, is_in)| **is_in);
        let places: Vec<&str> = places.map(|(place, _)| *place).collect();
        // No word has a quote or a backslash: neither is a letter or a symbol.
        let _ = write!(vector, "'{owner}{word}':{} ", places.join(","));
    }
    vector
}

/// The words that are asked for: each may be the beginning of one, since the last one is perhaps still being typed,
/// and nobody likes to write the others out.
pub fn sought(user: UserId, query: &str) -> Sought {
    let owner = owner(user);
    let mut sought = Sought::default();
    let mut add = |word: &str, is_beginning: bool| {
        let word = format!("{owner}{word}");
        if !sought.words.contains(&word) {
            sought.words.push(word);
            sought.is_beginning.push(is_beginning);
        }
    };
    for (kind, piece) in pieces(&fold(query)) {
        match kind {
            Kind::Unspaced if piece.chars().nth(1).is_some() => {
                pairs(piece).for_each(|pair| add(pair, false));
            }
            Kind::Unspaced | Kind::Letter => add(cut(piece), true),
            Kind::Symbol => add(piece, false),
            Kind::Space => {}
        }
    }
    sought
}

/// The last digits of the user's id: they are random.
fn owner(user: UserId) -> String {
    let id = user.0.simple().to_string();
    id[id.len() - OWNER..].to_owned()
}
