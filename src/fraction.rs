//! How often a token was taken, and where the true fraction lies.

/// How often one token was taken and refused; undecided answers do not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// So often it was taken.
    pub taken: usize,
    /// So often it was refused.
    pub refused: usize,
}

impl Count {
    /// How often it was judged.
    #[must_use]
    pub fn all(self) -> usize {
        self.taken + self.refused
    }

    /// Whether it was both taken and refused.
    #[must_use]
    pub fn is_split(self) -> bool {
        self.taken > 0 && self.refused > 0
    }

    /// Whether it was taken, and never refused.
    #[must_use]
    pub fn always_taken(self) -> bool {
        self.taken > 0 && self.refused == 0
    }

    /// Whether it was refused, and never taken.
    #[must_use]
    pub fn always_refused(self) -> bool {
        self.refused > 0 && self.taken == 0
    }

    /// The fraction that was taken; 0 if nothing was asked.
    #[must_use]
    pub fn fraction(self) -> f64 {
        if self.all() == 0 { 0.0 } else { self.taken as f64 / self.all() as f64 }
    }

    /// The Wilson score interval at 95 %: where the true fraction lies.
    #[must_use]
    pub fn interval(self) -> (f64, f64) {
        const Z: f64 = 1.96;
        if self.all() == 0 {
            return (0.0, 1.0);
        }
        let (p, all) = (self.fraction(), self.all() as f64);
        let centre = p + Z * Z / (2.0 * all);
        let spread = Z * (p * (1.0 - p) / all + Z * Z / (4.0 * all * all)).sqrt();
        let scale = 1.0 + Z * Z / all;
        (((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0))
    }

    /// `50 % of the time (30 to 70 %)`.
    #[must_use]
    pub fn share(self) -> String {
        let (low, high) = self.interval();
        let [fraction, low, high] = [self.fraction(), low, high].map(|part| part * 100.0);
        format!("{fraction:.0} % of the time ({low:.0} to {high:.0} %)")
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn the_interval_holds_the_fraction_and_narrows_with_more_asked() {
        let (low, high) = Count { taken: 10, refused: 10 }.interval();
        assert!(low > 0.29 && low < 0.31 && high > 0.69 && high < 0.71, "{low} {high}");
        let (narrow_low, narrow_high) = Count { taken: 100, refused: 100 }.interval();
        assert!(narrow_high - narrow_low < high - low);
        assert!(Count { taken: 0, refused: 20 }.interval().0 < f64::EPSILON);
        assert_eq!(Count::default().interval(), (0.0, 1.0));
    }
}
