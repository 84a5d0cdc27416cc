//! A mail server for tests: obeys, or misbehaves as it is told, and keeps what it received.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// How the server's connections are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    None,
    StartTls,
    Tls,
}

/// Base64 of the one name and password that it lets in: `\0ada\0secret`.
const LETS_IN: &str = "AGFkYQBzZWNyZXQ=";

/// How the server treats one mail, from MAIL on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes it.
    Obey,
    /// Answers this to MAIL.
    RefuseSender(u16),
    /// Answers this to RCPT.
    RefuseRecipient(u16),
    /// Answers this to the mail's end.
    RefuseContent(u16),
    /// Takes the whole mail, then hangs up without an answer.
    HangUpAfterContent,
    /// Hangs up at MAIL.
    HangUp,
    /// Says nothing more after the mail's end.
    FallSilent,
    /// Agrees to DATA, then reads and says nothing more.
    SilentAtData,
    /// Takes it, and answers only when [`Sink::answer`] is called.
    Wait,
}

/// A mail that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// As in RCPT.
    pub to: String,
    /// Without the dot at the end, dots undone.
    pub bytes: Vec<u8>,
}

impl Received {
    /// The value of a header, as an independent parser reads it.
    pub fn header(&self, name: &str) -> Option<String> {
        let mail = mail_parser::MessageParser::default().parse(&self.bytes)?;
        let value = mail.header_raw(name)?;
        Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The different Message-IDs of these mails.
pub fn message_ids(mails: &[Received]) -> BTreeSet<String> {
    mails.iter().map(|mail| mail.header("Message-ID").unwrap()).collect()
}

#[derive(Debug, Default)]
struct State {
    script: VecDeque<Manner>,
    received: Vec<Received>,
    login_only: bool,
    connections: usize,
    open: usize,
    most_open: usize,
}

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    answer: Arc<Notify>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sink {
    /// Starts on a free port.
    pub async fn start() -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap()).await
    }

    /// Starts on this address.
    pub async fn start_on(address: SocketAddr) -> Self {
        Self::start_protected(address, Protection::None).await
    }

    /// Starts on this address, with TLS.
    #[expect(clippy::disallowed_methods, reason = "the test's own server, which is no job of the program")]
    pub async fn start_protected(address: SocketAddr, protection: Protection) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (state, changed, answer) = <(Arc<Mutex<State>>, Arc<Notify>, Arc<Notify>)>::default();
        let shared = (Arc::clone(&state), Arc::clone(&changed), Arc::clone(&answer));
        let task = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (state, changed, answer) = shared.clone();
                sessions.spawn(async move {
                    {
                        let mut state = state.lock().unwrap();
                        state.connections += 1;
                        state.open += 1;
                        state.most_open = state.most_open.max(state.open);
                    }
                    let session = Session { state: &state, changed: &changed, answer: &answer };
                    let _ = session.open(socket, protection).await;
                    state.lock().unwrap().open -= 1;
                });
            }
        });
        Self { address, state, changed, answer, task }
    }

    /// What to put into the settings.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next mails are treated like this; those after them are taken.
    pub fn expect(&self, manners: impl IntoIterator<Item = Manner>) {
        self.state.lock().unwrap().script.extend(manners);
    }

    /// Takes every mail from now on.
    pub fn obey(&self) {
        self.state.lock().unwrap().script.clear();
    }

    /// Offers the one way to sign in that some old servers have.
    pub fn login_only(&self) {
        self.state.lock().unwrap().login_only = true;
    }

    /// Answers one mail that waits for its answer.
    pub fn answer(&self) {
        self.answer.notify_one();
    }

    /// Everything received so far, taken or not.
    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    /// Connections so far, and the most that were open at once.
    pub fn connections(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.connections, state.most_open)
    }

    /// Waits until `count` mails were received; fails the test after twenty seconds.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let arrived = async {
            loop {
                let changed = self.changed.notified();
                if self.state.lock().unwrap().received.len() >= count {
                    break;
                }
                changed.await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), arrived).await.is_ok();
        assert!(in_time, "only {} of {count} mails came", self.received().len());
        self.received()
    }
}

/// The certificate of `tests/fixtures`.
fn acceptor() -> TlsAcceptor {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/smtp-server.pem");
    let chain = CertificateDer::pem_file_iter(file).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(file).unwrap());
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

/// One connection.
struct Session<'a> {
    state: &'a Mutex<State>,
    changed: &'a Notify,
    answer: &'a Notify,
}

impl Session<'_> {
    async fn open(&self, socket: TcpStream, protection: Protection) -> std::io::Result<()> {
        socket.set_nodelay(true)?;
        if protection == Protection::Tls {
            let mut socket = acceptor().accept(socket).await?;
            socket.write_all(b"220 sink ready\r\n").await?;
            return self.talk(BufReader::new(socket), false).await.map(drop);
        }
        let mut socket = socket;
        socket.write_all(b"220 sink ready\r\n").await?;
        let offers = protection == Protection::StartTls;
        match self.talk(BufReader::new(socket), offers).await? {
            Some(socket) => {
                let socket = acceptor().accept(socket.into_inner()).await?;
                self.talk(BufReader::new(socket), false).await.map(drop)
            }
            None => Ok(()),
        }
    }

    /// Talks until the connection ends, or until the client asks for TLS and gets its socket back.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut socket: BufReader<S>,
        offers_tls: bool,
    ) -> std::io::Result<Option<BufReader<S>>> {
        let mut manner = Manner::Obey;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            let reply = match line.split([' ', '\r']).next().unwrap_or("").to_ascii_uppercase().as_str() {
                "EHLO" if offers_tls => "250-sink\r\n250 STARTTLS\r\n".to_owned(),
                "EHLO" if self.state.lock().unwrap().login_only => "250-sink\r\n250 AUTH LOGIN\r\n".to_owned(),
                "EHLO" => "250-sink\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n".to_owned(),
                "STARTTLS" if offers_tls => {
                    socket.write_all(b"220 go on\r\n").await?;
                    return Ok(Some(socket));
                }
                "AUTH" if line.trim().ends_with(LETS_IN) => "235 welcome\r\n".to_owned(),
                "AUTH" if line.trim() == "AUTH LOGIN" => "334 VXNlcm5hbWU6\r\n".to_owned(),
                "AUTH" => "535 who are you\r\n".to_owned(),
                "MAIL" => {
                    manner = self.state.lock().unwrap().script.pop_front().unwrap_or(Manner::Obey);
                    match manner {
                        Manner::HangUp => return Ok(None),
                        Manner::RefuseSender(code) => format!("{code} refused\r\n"),
                        _ => "250 ok\r\n".to_owned(),
                    }
                }
                "RCPT" => {
                    line.trim().trim_start_matches("RCPT TO:<").trim_end_matches('>').clone_into(&mut to);
                    match manner {
                        Manner::RefuseRecipient(code) => format!("{code} refused\r\n"),
                        _ => "250 ok\r\n".to_owned(),
                    }
                }
                "DATA" => match self.take(&mut socket, &to, manner).await? {
                    Some(reply) => reply,
                    None => return Ok(None),
                },
                "QUIT" => {
                    socket.write_all(b"221 bye\r\n").await?;
                    return Ok(None);
                }
                // The answers to AUTH LOGIN: ada, secret.
                "YWRH" => "334 UGFzc3dvcmQ6\r\n".to_owned(),
                "C2VJCMV0" => "235 welcome\r\n".to_owned(),
                _ => "250 ok\r\n".to_owned(),
            };
            socket.write_all(reply.as_bytes()).await?;
        }
    }

    /// Takes a mail; the reply to it, or `None` to hang up.
    async fn take<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        socket: &mut BufReader<S>,
        to: &str,
        manner: Manner,
    ) -> std::io::Result<Option<String>> {
        socket.write_all(b"354 go on\r\n").await?;
        if manner == Manner::SilentAtData {
            std::future::pending::<()>().await;
        }
        let bytes = content(socket).await?;
        self.state.lock().unwrap().received.push(Received { to: to.to_owned(), bytes });
        self.changed.notify_waiters();
        match manner {
            Manner::HangUpAfterContent => return Ok(None),
            Manner::FallSilent => std::future::pending().await,
            Manner::RefuseContent(code) => return Ok(Some(format!("{code} refused\r\n"))),
            Manner::Wait => self.answer.notified().await,
            _ => {}
        }
        Ok(Some("250 taken\r\n".to_owned()))
    }
}

/// Reads up to the lone dot; undoes doubled dots.
async fn content<S: AsyncRead + Unpin>(socket: &mut BufReader<S>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if socket.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
