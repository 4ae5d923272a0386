//! The only composer: load, investigate, mint, replay, diagnose.
