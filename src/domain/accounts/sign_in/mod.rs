//! Signing in by a link in a letter. The browser that asked for the link needs nothing else; another one needs the code that
//! the asking one shows, so that a letter that went astray opens no account.
//!
//! # Errors
//!
//! Where a function says nothing else, it fails only when the database does.

mod letters;
mod rules;
mod store;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, sessions};
use crate::context::Context;
use crate::proof_requests::{self, Answer, DueRequest, NewProofRequest, ProofPurpose, Requester, TooOften};
use db::{Transient, WriteTx, with_retry};
use kernel::clock::Timestamp;
use kernel::id::{PersonId, SignInId};
use kernel::key::{Purpose, Token};
use kernel::security_log::{self, SecurityEvent, SecurityLine};

use rules::Refused;
pub use rules::{MAX_WRONG_CODES, SIGN_IN_LASTS, SignInCode};

/// A link that was sent.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Link {
    id: SignInId,
    person_id: PersonId,
    browser_hash: Option<Vec<u8>>,
    code_hash: Option<Vec<u8>>,
}

/// A link with what became of it.
#[derive(Debug, sqlx::FromRow)]
struct LinkState {
    #[sqlx(flatten)]
    link: Link,
    email: EmailAddress,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    wrong_codes: i64,
}

/// A link that works, as the page behind it shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// Whose account it opens.
    pub email: EmailAddress,
    /// Whether this browser must type the code that the asking one shows.
    pub asks_code: bool,
}

/// What a browser sends to sign in.
#[derive(Debug, Clone, Copy)]
pub struct SignInAttempt<'a> {
    /// The secret of the link.
    pub link: &'a Token,
    /// What the browser was given when it asked for a link, if it did.
    pub browser: Option<&'a Token>,
    /// The code that was typed.
    pub code: Option<SignInCode>,
    /// How the device is called.
    pub device: &'a str,
    /// The session that the browser had, which the new one replaces.
    pub replaces: Option<&'a Token>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The link is used, out of date, or none.
    #[error("the link is used, out of date, or none")]
    Gone,
    /// Too many wrong codes ended the link.
    #[error("too many wrong codes ended the link")]
    TooManyCodes,
    /// The link was asked for in another browser, and no code was typed.
    #[error("the code of the asking browser is missing")]
    NoCode,
    /// The code is not that of the asking browser.
    #[error("the code is not that of the asking browser")]
    WrongCode {
        /// Wrong codes that the link still takes; the last of them ends it.
        left: i64,
    },
    /// The mailbox or the network asked too often.
    #[error(transparent)]
    TooOften(TooOften),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] sqlx::Error),
}

impl Transient for SignInError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}

/// The code that a browser shows which was given this token when it asked for a link.
#[must_use]
pub fn sign_in_code(context: &Context, browser: &Token) -> SignInCode {
    SignInCode(context.key.code(Purpose::SignInCode, browser))
}

/// What is kept of a code beside its link: without the key it tells nothing, though there are only a million codes.
fn code_hash(context: &Context, link: SignInId, code: SignInCode) -> Vec<u8> {
    context.key.token(Purpose::SignInCode, link.0, u64::from(code.0)).hash()
}

/// What is kept of a request until its letter is written.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    id: SignInId,
    browser_hash: Vec<u8>,
    code_hash: Vec<u8>,
    then: Option<String>,
}

/// Asks for a sign-in link for the browser that holds this token. Whether a person has the address is looked up later, by
/// [`write_letters`]: neither the answer nor the work before it tells.
///
/// # Errors
///
/// When the mailbox or the network asked too often, or the database fails.
pub async fn request_sign_in(
    context: &Context,
    email: &EmailAddress,
    browser: &Token,
    (then, requester): (Option<&str>, Requester),
) -> Result<(), SignInError> {
    let now = context.clock.now();
    let id = SignInId::new(now);
    let asked = Asked {
        id,
        browser_hash: browser.hash(),
        code_hash: code_hash(context, id, sign_in_code(context, browser)),
        then: then.map(str::to_owned),
    };
    let request = NewProofRequest {
        purpose: ProofPurpose::SignIn,
        email: email.to_string(),
        details: serde_json::to_value(asked).unwrap_or_default(),
        expires_at: now + SIGN_IN_LASTS,
        requester,
    };
    with_retry(|| insert_request(context, &request)).await
}

async fn insert_request(context: &Context, request: &NewProofRequest) -> Result<(), SignInError> {
    let mut tx = context.db.write().await?;
    let written = proof_requests::insert_all(context, &mut tx, std::slice::from_ref(request)).await?;
    tx.commit().await?;
    written.into_iter().try_for_each(|one| one.map(drop)).map_err(SignInError::TooOften)
}

/// Writes the letters of requests that were made lately, to those whose address is known.
pub async fn write_letters(context: &Context) -> sqlx::Result<()> {
    proof_requests::answer_due(context, ProofPurpose::SignIn, || write_some_letters(context)).await
}

/// Writes some of them; how many requests were looked at.
async fn write_some_letters(context: &Context) -> sqlx::Result<usize> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let due = proof_requests::take_due(context, &mut tx, ProofPurpose::SignIn).await?;
    for one in &due {
        let answer = write_letter(context, &mut tx, one).await?;
        proof_requests::answered(&mut tx, &[one.request.id], answer, now).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

async fn write_letter(context: &Context, tx: &mut WriteTx, due: &DueRequest) -> sqlx::Result<Answer> {
    let now = context.clock.now();
    let asked: Option<Asked> = serde_json::from_value(due.request.details.0.clone()).ok();
    let (Some(asked), Some(person)) = (asked, due.person_id) else { return Ok(Answer::Nobody) };
    let Some(mut person) = super::store::find(tx, person).await? else { return Ok(Answer::Nobody) };
    if !due.is_proved {
        // Somebody else typed it.
        person.name.clear();
    }
    let id = asked.id;
    let (browser_hash, code_hash) = (Some(asked.browser_hash), Some(asked.code_hash));
    let link = Link { id, person_id: person.id, browser_hash, code_hash };
    let token = context.key.token(Purpose::SignIn, id.0, 0);
    store::insert(tx, &link, &token, now + SIGN_IN_LASTS).await?;
    mail::outbox::enqueue(tx, &letters::sign_in(&person, id, asked.then.as_deref(), now), now).await?;
    Ok(due.answer())
}

/// Whose account a sign-in link opens, and what it asks of this browser, without using it.
///
/// # Errors
///
/// When the link does not work, or the database fails.
pub async fn find_sign_in(context: &Context, link: &Token, browser: Option<&Token>) -> Result<OpenLink, SignInError> {
    let found = store::find(&mut context.db.read().await?, &link.hash()).await?.ok_or(SignInError::Gone)?;
    if found.wrong_codes >= MAX_WRONG_CODES {
        return Err(SignInError::TooManyCodes);
    }
    if found.used_at.is_some() || found.expires_at <= context.clock.now() {
        return Err(SignInError::Gone);
    }
    let browser = browser.map(Token::hash);
    Ok(OpenLink { email: found.email, asks_code: !found.link.is_asked_by(browser.as_deref()) })
}

/// Uses a sign-in link, once: the token of a new session. It replaces the one that the browser had, and the person's other
/// links end.
///
/// # Errors
///
/// When the link does not work in this browser, or the database fails. A wrong code is counted.
pub async fn sign_in(context: &Context, attempt: &SignInAttempt<'_>) -> Result<Token, SignInError> {
    match with_retry(|| sign_in_once(context, attempt)).await {
        // Whether it is used, or wrong codes ended it.
        Err(SignInError::Gone) => {
            Err(find_sign_in(context, attempt.link, attempt.browser).await.err().unwrap_or(SignInError::Gone))
        }
        done => done,
    }
}

async fn sign_in_once(context: &Context, attempt: &SignInAttempt<'_>) -> Result<Token, SignInError> {
    let now = context.clock.now();
    let mut tx = context.db.write().await?;
    let Some(link) = store::lock(&mut tx, &attempt.link.hash(), now).await? else {
        return Err(SignInError::Gone);
    };
    let browser = attempt.browser.map(Token::hash);
    let code = attempt.code.map(|code| code_hash(context, link.id, code));
    match link.admit(browser.as_deref(), code.as_deref()) {
        Ok(()) => {}
        Err(Refused::NoCode) => return Err(SignInError::NoCode),
        Err(Refused::WrongCode) => return refuse_code(tx, &link).await,
    }
    store::use_all(&mut tx, link.person_id, now).await?;
    super::store::set_proved(&mut tx, link.person_id, now).await?;
    let replaced = match attempt.replaces {
        Some(session) => sessions::replace(&mut tx, session).await?,
        None => None,
    };
    let (token, session) = sessions::begin(&mut tx, link.person_id, attempt.device, now).await?;
    tx.commit().await?;
    sessions::log_replaced(replaced);
    let kind = if link.is_asked_by(browser.as_deref()) { "same_browser" } else { "by_code" };
    SecurityLine::new(SecurityEvent::SignedIn).kind(kind).person(link.person_id).session(session).write();
    Ok(token)
}

/// Counts a wrong code.
async fn refuse_code(mut tx: WriteTx, link: &Link) -> Result<Token, SignInError> {
    let wrong = store::count_wrong_code(&mut tx, link.id).await?;
    tx.commit().await?;
    security_log::identify(link.person_id);
    let left = MAX_WRONG_CODES - wrong;
    Err(if left > 0 { SignInError::WrongCode { left } } else { SignInError::TooManyCodes })
}

/// Ends the links on their way to a person.
pub(super) async fn delete_links(tx: &mut WriteTx, person: PersonId) -> sqlx::Result<()> {
    store::delete_of_person(tx, person).await
}

/// Forgets links that are out of date.
pub(super) async fn forget_expired(tx: &mut WriteTx, now: Timestamp) -> sqlx::Result<()> {
    store::delete_expired(tx, now).await
}
