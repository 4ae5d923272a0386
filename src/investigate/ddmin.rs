//! Delta debugging (Zeller and Hildebrandt, 2002): the smallest part of a set that still does it.

/// A minimal subset for which `does` holds: no single element can be left out. `does` holds for
/// the whole set; each part is tried in the order of the set.
///
/// # Errors
/// What `does` answers when it does not know yet.
pub(super) fn minimal<T: Clone, E>(
    set: &[T],
    does: impl Fn(&[T]) -> Result<bool, E>,
) -> Result<Vec<T>, E> {
    let mut kept = set.to_vec();
    let mut parts = 2;
    while kept.len() > 1 {
        let size = kept.len().div_ceil(parts);
        match smaller(&kept, size, &does)? {
            Some(smaller) => {
                // A part that does it alone starts anew; a complement is parted a little less finely.
                parts = if smaller.len() <= size { 2 } else { (parts - 1).max(2) };
                kept = smaller;
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(kept.len()),
        }
    }
    Ok(kept)
}

/// The first part, or else the first set without one part, that still does it.
fn smaller<T: Clone, E>(
    kept: &[T],
    size: usize,
    does: &impl Fn(&[T]) -> Result<bool, E>,
) -> Result<Option<Vec<T>>, E> {
    let parts: Vec<&[T]> = kept.chunks(size).collect();
    for part in &parts {
        if part.len() < kept.len() && does(part)? {
            return Ok(Some(part.to_vec()));
        }
    }
    for left_out in 0..parts.len() {
        let others = parts.iter().enumerate().filter(|(index, _)| *index != left_out);
        let rest: Vec<T> = others.flat_map(|(_, part)| part.iter().cloned()).collect();
        if !rest.is_empty() && does(&rest)? {
            return Ok(Some(rest));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::HashSet;

    use super::minimal;

    #[test]
    fn exactly_the_needed_elements_are_kept() {
        let all: Vec<u32> = (0..20).collect();
        for needed in [vec![0], vec![19], vec![7], vec![3, 12], vec![0, 1], vec![2, 9, 17]] {
            let asked = RefCell::new(HashSet::new());
            let kept = minimal(&all, |part| {
                asked.borrow_mut().insert(part.to_vec());
                Ok::<_, ()>(needed.iter().all(|element| part.contains(element)))
            });
            assert_eq!(kept, Ok(needed.clone()));
            let asked = asked.borrow().len();
            assert!(asked <= 30 * needed.len(), "{needed:?} took {asked}");
        }
    }

    #[test]
    fn an_unknown_answer_is_handed_back() {
        assert_eq!(minimal(&[1, 2, 3], |part| Err::<bool, _>(part.len())), Err(2));
    }
}
