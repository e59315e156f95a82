//! How an answer for a language model is kept short: descriptions are cut, and the answer says so.

use serde_json::{Value, json};

/// Characters that the JSON of an answer may have: an assistant drops an answer of 100,000 whole, and there is text
/// around it.
pub const MOST_CHARACTERS: usize = 90_000;

/// Shortens descriptions until the whole has the size that may be answered, and says so.
pub fn shorten(content: &mut Value) {
    for most in [2000, 500, 100, 0] {
        if content.to_string().chars().count() <= MOST_CHARACTERS {
            return;
        }
        cut_descriptions(content, most);
        if let Some(fields) = content.as_object_mut() {
            fields.insert("descriptions_shortened_to".to_owned(), json!(most));
        }
    }
}

fn cut_descriptions(value: &mut Value, most: usize) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| cut_descriptions(item, most)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "description" => {
                        if let Some((end, _)) = text.char_indices().nth(most) {
                            text.truncate(end);
                            text.push('…');
                        }
                    }
                    other => cut_descriptions(other, most),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(length: usize) -> Value {
        json!({"title": "x", "description": "d".repeat(length)})
    }

    #[test]
    fn an_answer_is_cut_where_it_is_long_and_says_so() {
        let mut short = json!({"tasks": [task(300)]});
        let before = short.clone();
        shorten(&mut short);
        assert_eq!(short, before);
        let mut long = json!({"tasks": vec![task(10_000); 20]});
        shorten(&mut long);
        assert!(long.to_string().chars().count() <= MOST_CHARACTERS);
        assert_eq!(long["descriptions_shortened_to"], 2000);
        let description = long["tasks"][0]["description"].as_str().unwrap();
        assert_eq!(description.chars().count(), 2001);
    }

    #[test]
    fn a_bare_list_is_cut_too_though_it_has_no_place_to_say_so() {
        let mut long = json!(vec![task(10_000); 20]);
        shorten(&mut long);
        assert!(long.to_string().chars().count() <= MOST_CHARACTERS);
    }
}
