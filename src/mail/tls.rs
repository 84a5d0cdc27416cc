//! TLS from the first byte (`smtps`), with the certificates that this machine trusts.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::{AsyncTokioStream, Certificate};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

/// Certificate authorities of one's own, in PEM.
#[derive(Debug)]
pub struct Authority(Vec<CertificateDer<'static>>);

impl Authority {
    /// Reads the certificates of a PEM file.
    ///
    /// # Errors
    ///
    /// When it cannot be read or holds none.
    pub fn read(file: &Path) -> Result<Self, String> {
        let failed = |reason: String| format!("PARCOURS_SMTP_CA, {}: {reason}", file.display());
        let found = CertificateDer::pem_file_iter(file).map_err(|error| failed(error.to_string()))?;
        let found = found.collect::<Result<Vec<_>, _>>().map_err(|error| failed(error.to_string()))?;
        if found.is_empty() {
            return Err(failed("it holds no certificate".to_owned()));
        }
        Ok(Self(found))
    }

    /// The same for lettre, which does STARTTLS.
    pub fn for_lettre(&self) -> impl Iterator<Item = Result<Certificate, String>> {
        self.0.iter().map(|der| Certificate::from_der(der.to_vec()).map_err(|error| error.to_string()))
    }
}

/// Opens TLS towards one host, whose certificate is checked.
pub struct Client {
    connector: TlsConnector,
    host: ServerName<'static>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Client").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Client {
    /// Reads the certificates that this machine trusts (or those that `SSL_CERT_FILE` names).
    ///
    /// # Errors
    ///
    /// When `host` can be in no certificate, or the machine trusts nobody.
    pub fn new(host: &str, trust: Option<&Authority>) -> Result<Self, String> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| format!("{host}: {error}"))?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(trust.iter().flat_map(|authority| authority.0.iter().cloned()));
        if roots.is_empty() {
            return Err("this machine has no trusted certificates (Debian: install ca-certificates)".to_owned());
        }
        let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), host: name })
    }

    /// Opens TLS on a fresh connection.
    ///
    /// # Errors
    ///
    /// When the other side does not speak it, or its certificate is not trusted.
    pub async fn wrap(&self, socket: TcpStream) -> Result<Stream, String> {
        let stream = self.connector.connect(self.host.clone(), socket).await;
        stream.map(Stream).map_err(|error| format!("no TLS: {error}"))
    }
}

/// A TLS stream as lettre wants it.
#[derive(Debug)]
pub struct Stream(TlsStream<TcpStream>);

impl AsyncTokioStream for Stream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, task: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(task, into)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, task: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(task, bytes)
    }
    fn poll_flush(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(task)
    }
    fn poll_shutdown(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(task)
    }
}
