//! A tab for simulations: it does what seeded dice say, keeps what the server has not answered, and follows the protocol
//! over a line that is cut, delayed and opened again, as a client written from docs/board-protocol.md would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use board_model::model::{Board, Edit, Signature};
use kernel::clock::Timestamp;
use kernel::id::{BoardId, PersonId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::boards_client::{Cookie, Tab};

/// The card in whose notes everybody types, and that nobody removes.
pub const TEXT_CARD: &str = "00000000-0000-4000-8000-000000000001";
/// Longer than anything takes that works, restarts included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Seeded chance: splitmix64.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> Option<&'a String> {
        let at = self.below(u64::try_from(from.len()).unwrap().max(1));
        from.get(usize::try_from(at).unwrap())
    }
}

/// Where the server is now; it may move when it is started again.
#[derive(Clone)]
pub struct Line(pub Arc<Mutex<String>>);

impl Line {
    pub fn moved(&self, base: &str) {
        base.clone_into(&mut self.0.lock().unwrap());
    }

    fn base(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// What became of an edit of one's own.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Unanswered,
    Acknowledged,
    Refused,
}

struct Own {
    edit: Value,
    fate: Fate,
    sent: bool,
    /// Its text is known to this tab as of its base: what the server makes of it can be computed.
    followed: bool,
}

pub struct SimulatedTab {
    pub client: Uuid,
    /// Every edit that this tab was shown, over all its connections, as (seq, client, n).
    pub shown: Vec<(u64, String, u64)>,
    line: Line,
    id: BoardId,
    cookie: Cookie,
    dice: Dice,
    socket: Option<Tab>,
    welcomed: bool,
    /// What the server confirmed; none before the first welcome.
    board: Option<Board>,
    anew: bool,
    me: Option<PersonId>,
    own: BTreeMap<u64, Own>,
}

impl SimulatedTab {
    pub fn new(line: Line, id: BoardId, cookie: Cookie, dice: Dice) -> Self {
        Self {
            client: Uuid::new_v4(),
            shown: Vec::new(),
            line,
            id,
            cookie,
            dice,
            socket: None,
            welcomed: false,
            board: None,
            anew: false,
            me: None,
            own: BTreeMap::new(),
        }
    }

    /// What this tab shows of the board.
    pub fn state(&self) -> Value {
        serde_json::to_value(self.board.as_ref().unwrap().state()).unwrap()
    }

    /// The numbers of its edits that the server took.
    pub fn acknowledged(&self) -> Vec<u64> {
        self.own.iter().filter(|(_, own)| own.fate == Fate::Acknowledged).map(|(n, _)| *n).collect()
    }

    fn seq(&self) -> u64 {
        self.board.as_ref().map_or(0, |board| board.head)
    }

    /// Something happens: an act, a cut, a while without reading.
    pub async fn step(&mut self) {
        match self.dice.below(24) {
            0 => self.cut(),
            // The line delivers nothing for a while, in one direction or the other.
            1 => tokio::time::sleep(Duration::from_millis(self.dice.below(60))).await,
            2 => self.anew = true,
            _ => {
                if let Some(edit) = self.any_edit() {
                    self.act(edit);
                }
            }
        }
        if self.dice.below(3) > 0 {
            self.send_what_waits().await;
        }
        if self.dice.below(4) > 0 {
            let wait = self.dice.below(6);
            self.read(Duration::from_millis(wait)).await;
        }
    }

    /// Keeps an edit until the server has answered it.
    pub fn act(&mut self, edit: Value) {
        let n = self.own.keys().last().copied().unwrap_or(0) + 1;
        self.own.insert(n, Own { edit, fate: Fate::Unanswered, sent: false, followed: true });
    }

    /// Comes back, sends what waits, and reads until everything is answered.
    pub async fn settle(&mut self) {
        self.until(|tab| tab.own.values().all(|own| own.fate != Fate::Unanswered)).await;
    }

    /// Reads until the edit `seq` is known.
    pub async fn know(&mut self, seq: u64) {
        self.until(|tab| tab.seq() >= seq && tab.board.is_some()).await;
    }

    async fn until(&mut self, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < PATIENCE, "it does not settle");
            self.send_what_waits().await;
            self.read(Duration::from_millis(50)).await;
        }
    }

    /// With whatever is under way in both directions.
    fn cut(&mut self) {
        if let Some(socket) = self.socket.take() {
            socket.drop_connection();
        }
        self.welcomed = false;
    }

    async fn connect(&mut self) {
        let Ok(mut socket) = Tab::connect(&self.line.base(), self.id, Some(&self.cookie)).await else {
            // Killed, or not up again yet.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return;
        };
        let since = self.board.as_ref().filter(|_| !self.anew).map(|board| board.head);
        socket.seq = since.unwrap_or(0);
        socket.client = self.client;
        socket.send(&json!({ "type": "hello", "client": self.client, "since": since })).await;
        self.socket = Some(socket);
        for own in self.own.values_mut() {
            own.sent = false;
        }
    }

    /// In the order of their numbers; typing waits while earlier typing in that text is unanswered.
    async fn send_what_waits(&mut self) {
        if self.socket.is_none() {
            self.connect().await;
        }
        let (Some(socket), true) = (&mut self.socket, self.welcomed) else { return };
        for (n, own) in &mut self.own {
            if own.fate == Fate::Unanswered && !own.sent {
                own.sent = true;
                socket.send(&json!({ "type": "edit", "n": n, "edit": own.edit })).await;
            }
        }
    }

    /// Takes in what comes until nothing comes for `wait`.
    async fn read(&mut self, wait: Duration) {
        while let Some(socket) = &mut self.socket {
            match socket.next_within(wait).await {
                None => return,
                Some(Err(_)) => self.cut(),
                Some(Ok(frame)) => self.take(&frame),
            }
        }
    }

    fn take(&mut self, frame: &Value) {
        match frame["type"].as_str().unwrap() {
            "welcome" => self.take_welcome(frame),
            "edits" => frame["edits"].as_array().unwrap().iter().for_each(|edit| self.take_edit(edit)),
            "ack" => self.take_ack(frame),
            "refused" => {
                let own = self.own.get_mut(&frame["n"].as_u64().unwrap()).unwrap();
                // Sent again, its reason was lost with the connection; refused is refused.
                if own.fate == Fate::Unanswered {
                    own.fate = Fate::Refused;
                }
            }
            _ => {}
        }
    }

    fn take_welcome(&mut self, frame: &Value) {
        self.welcomed = true;
        self.anew = false;
        if frame["board"].is_null() {
            return;
        }
        let mut board = frame["board"].clone();
        board["head"] = frame["head"].clone();
        board["histories"] = json!({});
        board["removed"] = json!([]);
        self.board = Some(serde_json::from_value(board).unwrap());
        if let Some(socket) = &mut self.socket {
            socket.seq = self.board.as_ref().unwrap().head;
        }
        for own in self.own.values_mut() {
            own.followed = false;
        }
    }

    fn take_edit(&mut self, accepted: &Value) {
        let (seq, n) = (accepted["seq"].as_u64().unwrap(), accepted["n"].as_u64().unwrap());
        let client = accepted["client"].as_str().unwrap().to_owned();
        if client == self.client.to_string() {
            self.me = Some(serde_json::from_value(accepted["by"].clone()).unwrap());
            self.answered(n);
        }
        self.shown.push((seq, client, n));
        let signed = Signature {
            by: serde_json::from_value(accepted["by"].clone()).unwrap(),
            at: Timestamp::from_millis(accepted["at"].as_i64().unwrap()),
        };
        self.apply(seq, signed, serde_json::from_value(accepted["edit"].clone()).unwrap());
    }

    fn take_ack(&mut self, ack: &Value) {
        let (seq, n) = (ack["seq"].as_u64().unwrap(), ack["n"].as_u64().unwrap());
        self.shown.push((seq, self.client.to_string(), n));
        self.answered(n);
        if seq <= self.seq() {
            return;
        }
        let own = &self.own[&n];
        let edit: Edit = serde_json::from_value(own.edit.clone()).unwrap();
        // An acknowledgement does not say what became of typing, nor who one is.
        let unknown = !own.followed && matches!(edit, Edit::EditText { .. });
        let (Some(by), false) = (self.me, unknown) else {
            self.anew = true;
            return self.cut();
        };
        self.apply(seq, Signature { by, at: Timestamp::from_millis(ack["at"].as_i64().unwrap()) }, edit);
    }

    /// An earlier edit that is still unanswered was refused, unless it may be part of a board that was read anew: then only
    /// its own answer tells.
    fn answered(&mut self, n: u64) {
        for (_, own) in self.own.range_mut(..n) {
            if own.fate == Fate::Unanswered && own.followed {
                own.fate = Fate::Refused;
            }
        }
        if let Some(own) = self.own.get_mut(&n) {
            own.fate = Fate::Acknowledged;
        }
    }

    fn apply(&mut self, seq: u64, signed: Signature, edit: Edit) {
        let Some(board) = self.board.as_mut().filter(|board| board.head < seq) else { return };
        // The server knows something that this tab does not, such as a card removed before it came: read all anew.
        if board.head + 1 != seq || board.apply(signed, edit).is_err() {
            self.anew = true;
            self.cut();
        }
    }

    fn any_edit(&mut self) -> Option<Value> {
        let shown = self.board.as_ref().map(|board| serde_json::to_value(board.state()).unwrap())?;
        let keys = |what: &str| shown[what].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let (cards, links) = (keys("cards"), keys("links"));
        let card = self.dice.pick(&cards)?.clone();
        let (other, new) = (self.dice.pick(&cards)?.clone(), Uuid::new_v4());
        let (x, y) = (self.dice.below(900), self.dice.below(900));
        let removable = card != TEXT_CARD;
        Some(match self.dice.below(13) {
            0 | 1 => json!({ "type": "add_card", "card": new, "x": x, "y": y, "fields": { "name": "Acteur" } }),
            2 => json!({ "type": "move_card", "card": card, "x": x, "y": y }),
            3 => json!({ "type": "set_field", "card": card, "field": "name", "value": format!("Nom {x}") }),
            4 => json!({ "type": "set_fields", "card": card, "fields": { "power": x % 101, "interest": y % 101 } }),
            5 if removable => json!({ "type": "remove_card", "card": card }),
            // One's own, or another's, which the server must refuse.
            6 => json!({ "type": "restore_card", "card": self.dice.pick(&self.removed())? }),
            7 => {
                json!({ "type": "add_link", "link": new, "from": card, "to": other, "kind": "funds", "strength": 1, "note": "" })
            }
            8 => json!({ "type": "remove_link", "link": self.dice.pick(&links)? }),
            9 => json!({ "type": "add_comment", "card": card, "comment": new, "text": "Oui" }),
            10 => {
                let comment = shown["cards"][&card]["comments"].as_array()?.first()?["id"].clone();
                json!({ "type": "remove_comment", "card": card, "comment": comment })
            }
            _ => self.typing()?,
        })
    }

    /// A word somewhere in the notes, against the text as it is confirmed; one at a time.
    fn typing(&mut self) -> Option<Value> {
        let waits = |own: &Own| own.fate == Fate::Unanswered && own.edit["type"] == "edit_text";
        if self.own.values().any(waits) {
            return None;
        }
        let state = self.state();
        let text = state["cards"][TEXT_CARD]["fields"]["notes"].as_str().unwrap_or_default().to_owned();
        let at = self.dice.below(u64::try_from(text.encode_utf16().count()).unwrap() + 1);
        let word = format!("‹{}›", self.dice.below(1000));
        let ops = if at == 0 { json!([word]) } else { json!([at, word]) };
        Some(json!({ "type": "edit_text", "card": TEXT_CARD, "field": "notes", "base": self.seq(), "ops": ops }))
    }

    /// Cards that somebody removed while this tab looked on.
    fn removed(&self) -> Vec<String> {
        let board = serde_json::to_value(self.board.as_ref().unwrap()).unwrap();
        let removed = board["removed"].as_array().unwrap();
        removed.iter().map(|removed| removed["id"].as_str().unwrap().to_owned()).collect()
    }
}
