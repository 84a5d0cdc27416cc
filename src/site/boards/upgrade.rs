//! From an HTTP request to a WebSocket (RFC 6455 §4.2), as `tokio-tungstenite` speaks it: the rooms' frames are its own, so
//! that one frame goes to every reader without a copy.

use std::future::Future;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use http::error::{Error, Result};

/// An open WebSocket.
pub(super) type WebSocket = WebSocketStream<TokioIo<Upgraded>>;

/// A request that asks for a WebSocket; another is answered 400.
#[derive(Debug)]
pub(super) struct Upgrade {
    accept: HeaderValue,
    on_upgrade: OnUpgrade,
    /// The subprotocols that the client offers, in its order.
    pub protocols: Vec<HeaderValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let headers = &parts.headers;
        let asks = parts.method == Method::GET
            && has_token(headers, &header::CONNECTION, "upgrade")
            && has_token(headers, &header::UPGRADE, "websocket")
            && headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
        let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks).ok_or(Error::BadRequest)?;
        let accept = derive_accept_key(key.as_bytes()).parse().map_err(|_| Error::BadRequest)?;
        let protocols = offered(headers);
        let on_upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(Error::BadRequest)?;
        Ok(Self { accept, on_upgrade, protocols })
    }
}

/// Whether a header is a list that holds this token, in whatever case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
}

fn offered(headers: &HeaderMap) -> Vec<HeaderValue> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|one| one.trim().parse().ok()).collect()
}

impl Upgrade {
    /// Answers 101 with this subprotocol, and runs `conversation` on the socket once the client has the answer.
    pub(super) fn accept<F>(
        self,
        protocol: Option<HeaderValue>,
        config: WebSocketConfig,
        conversation: impl FnOnce(WebSocket) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send,
    {
        let on_upgrade = self.on_upgrade;
        let run = async move {
            // A client that is gone needs no answer.
            let Ok(upgraded) = on_upgrade.await else { return };
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
            conversation(socket).await;
        };
        #[expect(clippy::disallowed_methods, reason = "the rooms count their sockets and wait for them")]
        tokio::spawn(run);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, self.accept);
        if let Some(protocol) = protocol {
            headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_lists_several_tokens_is_read_as_a_list() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("a, parcours.board.v1"));
        assert!(has_token(&headers, &header::CONNECTION, "upgrade"));
        assert!(!has_token(&headers, &header::UPGRADE, "websocket"));
        assert_eq!(offered(&headers), ["a", "parcours.board.v1"]);
    }
}
