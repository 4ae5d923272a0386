//! Two lengths of time in, one that is taken and one that is refused; the next length to ask about
//! out. Knows no token.

/// Lengths that people choose, in seconds.
const USUAL: [i64; 16] = [
    30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400,
    604_800, 2_592_000,
];

/// The length that parts what is left, the usual ones first; `None` where nothing is left between.
pub(super) fn next(taken: i64, refused: i64) -> Option<i64> {
    // A usual limit shows by itself being taken and the next second being refused.
    let usual: Vec<i64> = USUAL
        .iter()
        .flat_map(|length| [*length, length + 1])
        .filter(|length| taken < *length && *length < refused)
        .collect();
    match usual.get(usual.len() / 2) {
        Some(length) => Some(*length),
        None => (refused - taken > 1).then(|| taken + (refused - taken) / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(limit: i64) -> (i64, usize) {
        let (mut taken, mut refused, mut asked) = (15, 315_360_000, 0);
        while let Some(length) = next(taken, refused) {
            asked += 1;
            if length <= limit { taken = length } else { refused = length }
        }
        assert_eq!(refused, taken + 1);
        (taken, asked)
    }

    #[test]
    fn a_usual_limit_is_found_with_few_questions_and_an_odd_one_to_the_second() {
        for limit in USUAL {
            let (found, asked) = find(limit);
            assert!(found == limit && asked <= 6, "{limit}: {found} after {asked}");
        }
        for limit in [16, 61, 4_321, 5_000_000] {
            let (found, asked) = find(limit);
            assert!(found == limit && asked <= 35, "{limit}: {found} after {asked}");
        }
    }
}
