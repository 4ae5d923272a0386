//! Names of the things that a key was looked for among in, a phrase for a message out. Never repeats
//! what cannot be a name: it may be a key that was pasted there.

/// The most names that a message lists.
const MOST: usize = 8;
/// The longest that Kubernetes takes for a Secret of its own; longer ones hold something else.
const LONGEST: usize = 63;

/// The names in the order of the alphabet, each once; `none` where there is none to tell.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_name = |name: &&str| (1..=LONGEST).contains(&name.len()) && name.chars().all(fits);
    let mut names: Vec<&str> = names.filter(is_name).collect();
    names.sort_unstable();
    names.dedup();
    match names.len() {
        0 => "none".to_owned(),
        count if count > MOST => format!("{} and {} more", names[..MOST].join(", "), count - MOST),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_order_once_and_not_all_of_many() {
        let told = |names: &[&str]| listed(names.iter().copied());
        assert_eq!(told(&["b", "a", "b"]), "a, b");
        assert_eq!(told(&["hunter2=", ""]), "none");
        let many = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "a"];
        assert_eq!(told(&many), "1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
    }
}
