//! The table of families holds together: every row is found by what it does, and no two rows that
//! behave differently are confused.

use super::*;

/// All that a row does.
fn habits(row: &Row) -> Vec<(Toggle, bool)> {
    Toggle::ALL.iter().filter_map(|toggle| Some((*toggle, row.does(*toggle)?))).collect()
}

#[test]
fn every_row_says_what_it_does_with_every_toggle() {
    for row in TABLE {
        assert_eq!(row.behaviour.len(), Toggle::ALL.len(), "{}", row.family);
        assert!(row.behaviour.chars().all(|does| "TR?".contains(does)), "{}", row.family);
        assert!(row.says.iter().all(|piece| *piece == piece.to_lowercase()), "{}", row.family);
    }
}

#[test]
fn rows_that_behave_differently_are_never_confused() {
    for row in TABLE.iter().filter(|row| !row.behaviour.contains('?')) {
        for other in alike(&habits(row)) {
            let differ = row.behaviour.bytes().zip(other.behaviour.bytes());
            let mut differ = differ.filter(|(one, other)| one != other && *other != b'?');
            assert_eq!(differ.next(), None, "{} is taken for {}", row.group, other.group);
        }
    }
}

#[test]
fn what_behaves_alike_is_one_group_or_is_not_named_without_words() {
    let mut silent = Vec::new();
    for row in TABLE.iter().filter(|row| !row.behaviour.contains('?')) {
        match one_group(&alike(&habits(row))) {
            Some(group) => assert_eq!(group, row.group),
            None => silent.push(row.group),
        }
    }
    // Old PyJWT and ruby-jwt do the same, whether they look at iat or not.
    assert_eq!(silent, ["PyJWT 2.6", "PyJWT 2.5 or earlier", "ruby-jwt", "ruby-jwt"]);
}

#[test]
fn one_contradicting_answer_rules_a_library_out() {
    for row in TABLE {
        for (place, (toggle, taken)) in habits(row).into_iter().enumerate() {
            if toggle == Toggle::SignaturePadded && taken {
                continue; // a proxy may refuse what the library would take
            }
            let mut seen = habits(row);
            seen[place] = (toggle, !taken);
            let alike = alike(&seen);
            assert!(alike.iter().all(|other| !std::ptr::eq(*other, row)), "{}", row.group);
        }
    }
}

#[test]
fn words_that_several_libraries_say_tell_no_family() {
    for row in TABLE {
        let sayers = TABLE.iter().filter(|other| {
            speaks(other, &row.says.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
        });
        assert!(
            sayers.map(|other| other.family).all(|family| family == row.family),
            "{}",
            row.family
        );
    }
}
