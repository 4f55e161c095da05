//! The request handler exercise. Its rules, mistakes and output are tested with those of all exercises.

use super::Facts;

const SLUG: &str = "request-handler";

pub(super) const FACTS: Facts =
    Facts { slug: SLUG, end: 100.0, trouble: &[("ids", "99,1,98")], small: &[], ..Facts::NONE };
