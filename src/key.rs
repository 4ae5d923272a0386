//! Knowledge about keys: where they are read, well-known defaults, new ones. Never prints one.
