//! What each client last wrote on an open board: an edit sent a second time is known by it, and nobody writes under the
//! client of somebody else. Pure.

use std::collections::HashMap;

use kernel::id::{ClientId, PersonId};

/// Edits after which clients that are gone are dropped: the database has their numbers when they come back.
const FORGET_EVERY: u64 = 500;

/// The last stored edit of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEdit {
    /// Whose client it is.
    pub by: PersonId,
    /// The client's number.
    pub n: u64,
    /// The board's number.
    pub seq: u64,
}

/// The clients that wrote lately or are here.
#[derive(Debug, Default)]
pub struct ClientSequences {
    last: HashMap<ClientId, LastEdit>,
    /// The head when some were last let go of.
    swept: u64,
}

impl ClientSequences {
    /// Takes note of a stored edit, unless a later one of the client is known.
    pub fn note(&mut self, client: ClientId, edit: LastEdit) {
        let known = self.last.entry(client).or_insert(edit);
        if edit.n > known.n {
            *known = edit;
        }
    }

    /// The number of the client's last stored edit; 0 when none is known.
    pub fn last_n(&self, client: ClientId) -> u64 {
        self.last.get(&client).map_or(0, |last| last.n)
    }

    /// Whose client it is; nobody's before its first edit.
    pub fn owner(&self, client: ClientId) -> Option<PersonId> {
        self.last.get(&client).map(|last| last.by)
    }

    /// Every so many edits, lets go of the clients that are not here and have not written since the last time: a tab
    /// makes up its own name, so there may be any number of them.
    pub fn forget_when_due(&mut self, head: u64, is_here: impl Fn(ClientId) -> bool) {
        if head < self.swept + FORGET_EVERY {
            return;
        }
        self.last.retain(|client, last| last.seq > self.swept || is_here(*client));
        self.swept = head;
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn client(number: u64) -> ClientId {
        ClientId(Uuid::from_u128(number.into()))
    }

    const fn edit(n: u64, seq: u64) -> LastEdit {
        LastEdit { by: PersonId(Uuid::nil()), n, seq }
    }

    #[test]
    fn the_highest_number_of_a_client_counts() {
        let mut writers = ClientSequences::default();
        assert_eq!((writers.last_n(client(1)), writers.owner(client(1))), (0, None));
        writers.note(client(1), edit(7, 2));
        writers.note(client(1), edit(3, 1));
        assert_eq!((writers.last_n(client(1)), writers.owner(client(1))), (7, Some(PersonId(Uuid::nil()))));
        writers.note(client(1), edit(8, 3));
        assert_eq!(writers.last_n(client(1)), 8);
    }

    #[test]
    fn however_many_clients_wrote_only_the_present_and_the_latest_are_remembered() {
        let mut writers = ClientSequences::default();
        for seq in 1..=5 * FORGET_EVERY {
            writers.note(client(seq), edit(1, seq));
            writers.forget_when_due(seq, |other| other == client(2));
            assert!(writers.last.len() as u64 <= 2 * FORGET_EVERY);
        }
        assert_eq!(writers.last_n(client(2)), 1, "still here");
        assert_eq!(writers.last_n(client(3)), 0, "gone, and not heard of for long");
        assert_eq!(writers.last_n(client(5 * FORGET_EVERY)), 1);
    }
}
