//! Letters: the outbox, its sender workers, and the templates. Knows no feature.
