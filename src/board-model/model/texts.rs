//! Long texts: typing carried over what came since, so that nobody's keystrokes are lost.

use std::sync::Arc;

use super::{Board, MAX_OPS};
use crate::card::Signature;
use crate::edit::{Edit, Refusal};
use crate::kinds::{self, Field, Holds};
use crate::text::{self, TextOp};
use crate::value::Value;
use kernel::id::CardId;

impl Board {
    pub(super) fn edit_text(
        &mut self,
        id: CardId,
        name: String,
        (base, ops): (u64, &[TextOp]),
        signed: Signature,
    ) -> Result<Edit, Refusal> {
        let card = self.cards.get(&id).ok_or(Refusal::NoSuchCard)?;
        let field = self.kind.schema().field(&name)?;
        if field.holds != Holds::Text {
            return Err(Refusal::WrongType);
        }
        if base > self.head || ops.len() > MAX_OPS {
            return Err(Refusal::BadText);
        }
        let history = self.histories.get(&id).and_then(|histories| histories.get(&name));
        let ops = history.map_or_else(|| Ok(text::normalise(ops)), |history| history.rebase(base, ops))?;
        let text = text::apply(card.text(&name), &ops).map_err(|text::Misfit| Refusal::BadText)?;
        kinds::check_text(&text, kinds::MAX_TEXT)?;
        let value = Some(Value::Text(text)).filter(|value| !value.is_blank());
        let base = self.head;
        self.touch(id, signed, |card| {
            card.put(field, value);
            Ok(())
        })?;
        self.remember(id, field, base + 1, ops.clone());
        Ok(Edit::EditText { card: id, field: name, base, ops })
    }

    pub(super) fn remember(&mut self, id: CardId, field: &Field, seq: u64, ops: Vec<TextOp>) {
        let histories = Arc::make_mut(self.histories.entry(id).or_default());
        if let Some(history) = histories.get_mut(field.name) {
            history.remember(seq, ops);
        } else {
            histories.entry(field.name.to_owned()).or_default().remember(seq, ops);
        }
    }
}

/// Replacing a text whole, as ops.
pub(super) fn replacing(old: &str, new: Option<&Value>) -> Vec<TextOp> {
    let new = new.and_then(Value::as_text).unwrap_or_default();
    text::normalise(&[TextOp::Insert(new.to_owned()), TextOp::Delete(text::units(old))])
}
