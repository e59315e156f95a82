//! Folding, words, and what of it holds for every text.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const USER: UserId = UserId(Uuid::from_u128(0x0198_c5a0_0000_7000_8000_0000_1a2b_3c40));

/// What a query asks for, `*` after what may be a beginning, without the owner.
fn asked(query: &str) -> Vec<String> {
    let sought = sought(USER, query);
    let words = sought.words.iter().zip(&sought.is_beginning);
    words
        .map(|(word, is_beginning)| {
            let word = word.strip_prefix("1a2b3c40").unwrap();
            format!("{word}{}", if *is_beginning { "*" } else { "" })
        })
        .collect()
}

/// Whether a text is found by a query, as PostgreSQL says it.
fn finds(query: &str, text: &str) -> bool {
    let stored = words(text);
    asked(query)
        .iter()
        .all(|asked| match asked.strip_suffix('*') {
            Some(beginning) => stored.iter().any(|word| word.starts_with(beginning)),
            None => stored.contains(asked),
        })
}

#[test]
fn case_and_accents_are_folded() {
    for (text, folded) in [
        ("Café CRÈME", "cafe creme"),
        ("Cafe\u{301}", "cafe"),
        ("STRASSE Straße ẞ", "strasse strasse ss"),
        ("ÆØÅ Œuvre Łódź Đà Þór Ħal", "aeoa oeuvre lodz da thor hal"),
        ("İstanbul ISPARTA ısı", "istanbul isparta isi"),
        ("Ὀδυσσεύς ΟΔΥΣΣΕΥΣ", "οδυσσευσ οδυσσευσ"),
        ("ᾠδή ΩΙΔΗ", "ωιδη ωιδη"),
        ("Ёлка Йод", "елка йод"),
        ("Й\u{200d}\u{94d}", "й\u{94d}"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد أحمد", "محمد احمد"),
        ("ﬁle ①② ｶﾞ １２", "file 12 ガ 12"),
        ("soft\u{ad}ware", "software"),
        ("한국어", "한국어"),
        ("हिन्दी", "हिन्दी"),
        ("がか", "がか"),
    ] {
        assert_eq!(fold(text), folded, "{text}");
        assert_eq!(fold(folded), folded, "{text}");
    }
    assert_ne!(fold("が"), fold("か"), "another sound is another letter");
    assert_ne!(fold("की"), fold("का"), "another vowel is another letter");
}

#[test]
fn a_text_is_cut_into_words() {
    for (text, expected) in [
        ("", ""),
        (
            "Call Anna's bank: +49 30/1234-56",
            "call anna s bank 49 30 1234 56",
        ),
        ("anna@example.com, v2.0_beta", "anna example com v2 0 beta"),
        ("l’école", "l ecole"),
        ("😀👍🏽 party🎉!", "😀 👍 party 🎉"),
        ("हिन्दी सीखो", "हिन्दी सीखो"),
        ("会議A1", "会議 議 a1"),
        ("東京都", "東京 京都 都"),
        ("?!… — '\"\\", ""),
    ] {
        assert_eq!(words(text).join(" "), expected, "{text}");
    }
    let long = "x".repeat(200);
    assert_eq!(words(&long), ["x".repeat(64)]);
    assert!(finds(&long, &long));
}

#[test]
fn each_word_that_is_asked_for_may_be_a_beginning() {
    for (query, expected) in [
        ("Rep La", "rep* la*"),
        ("la LA lá", "la*"),
        ("会", "会*"),
        ("会議室", "会議 議室"),
        ("🎉", "🎉"),
        ("a & !b | (c:*) <-> 'd' \\", "a* b* c* d*"),
        ("\"AND\" OR NOT", "and* or* not*"),
        ("' ; DROP TABLE tasks --", "drop* table* tasks*"),
        ("?", ""),
    ] {
        assert_eq!(asked(query).join(" "), expected, "{query}");
    }
}

#[test]
fn what_is_written_without_spaces_is_found_by_any_part() {
    for query in ["会", "議", "会議", "議室", "会議室", "第三会議室"] {
        assert!(finds(query, "第三会議室を予約"), "{query}");
    }
    assert!(!finds("室会", "第三会議室を予約"));
    assert!(finds("งาน", "ทำงานบ้าน"));
}

#[test]
fn a_vector_has_each_word_once_with_its_places() {
    let task = Texts {
        title: "Pay rent, pay!",
        tags: &["home", "Rent"],
        project: Some("Home"),
        description: Some("the rent"),
    };
    assert_eq!(
        vector(USER, &task),
        "'1a2b3c40home':2B '1a2b3c40pay':1A '1a2b3c40rent':1A,2B,3 '1a2b3c40the':3 "
    );
}

#[test]
fn no_letter_folds_to_one_that_folds_on() {
    for letter in (0..=0x0010_ffff).filter_map(char::from_u32) {
        let folded = fold(&letter.to_string());
        assert_eq!(fold(&folded), folded, "{letter:?}");
    }
}

/// Texts of letters, marks and signs of many scripts, and of anything.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[a-zA-ZäÖßéñøŁıİσςйЙёа-яא-ת\u{5b0}-\u{5c7}ا-ي\u{64b}-\u{655}अ-ह\u{93e}-\u{94d}ก-๙あ-ゔア-ヴ一-十가-힣 '\"\\\\:*&|!()\u{300}-\u{310}\u{200d}😀-😏]{0,40}",
        any::<Vec<char>>().prop_map(|letters| letters.into_iter().collect()),
    ]
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in texts()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }

    #[test]
    fn case_and_composition_make_no_difference(text in texts()) {
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(fold(&decomposed), fold(&text));
        // As a capital, the iota below a letter is a letter of its own: after it, a mark of another script is on
        // the iota, and can no longer be told from one that was on the letter.
        let text = decomposed.replace('\u{345}', "");
        prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
    }

    #[test]
    fn a_text_is_found_by_itself_and_by_each_of_its_words_and_their_beginnings(text in texts(), length in 1_usize..9) {
        prop_assert!(finds(&text, &text));
        for word in text.split_whitespace() {
            prop_assert!(finds(word, &text), "{:?} in {:?}", word, text);
        }
        for word in words(&text).iter().filter(|word| kind(word.chars().next().unwrap()) == Kind::Letter) {
            let beginning: String = word.chars().take(length).collect();
            prop_assert!(finds(&beginning, &text), "{:?} in {:?}", beginning, text);
        }
    }

    #[test]
    fn a_word_has_nothing_that_means_something_to_postgresql(text in texts()) {
        for word in words(&text).into_iter().chain(sought(USER, &text).words) {
            prop_assert!(!word.is_empty() && word.chars().count() <= LONGEST + OWNER);
            let signs = ['\'', '"', '\\', ':', '*', '&', '|', '!', '(', ')', '<', '~', ' ', '\0'];
            prop_assert!(!word.contains(signs), "{:?}", word);
        }
    }
}
