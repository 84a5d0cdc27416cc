//! Styles and scripts inside the binary, under addresses that change with their content.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use super::Web;
use super::extract::Path;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use kernel::theme::Theme;

#[derive(RustEmbed)]
#[folder = "../../web/styles/"]
struct Styles;

#[derive(RustEmbed)]
#[folder = "../../web/enhance/"]
struct Enhancements;

/// Built by Vite; a board page without it says so.
#[derive(RustEmbed)]
#[folder = "../../web/board/dist/"]
struct BoardClient;

/// A short hash over everything, so that a new version is fetched and an old one is kept for good.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    let names = Styles::iter().chain(Enhancements::iter()).chain(BoardClient::iter());
    for name in names {
        if let Some(file) = find(&name) {
            hash.update(file.metadata.sha256_hash());
        }
    }
    hash.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
});

/// `styles/…`, `enhance/…` and `board/…`, each from its folder.
fn find(path: &str) -> Option<EmbeddedFile> {
    match path.split_once('/') {
        Some(("styles", name)) => Styles::get(name),
        Some(("enhance", name)) => Enhancements::get(name),
        Some(("board", name)) => BoardClient::get(name),
        _ => Styles::get(path).or_else(|| Enhancements::get(path)).or_else(|| BoardClient::get(path)),
    }
}

/// The address of `styles/…`, `enhance/…` or `board/…`.
#[must_use]
pub fn url(path: &str) -> String {
    format!("/fichiers/{}/{path}", *VERSION)
}

/// Whether the board's client was built into this binary.
#[must_use]
pub fn has_board_client() -> bool {
    BoardClient::get("board.js").is_some()
}

/// The theme of this program, of whose files those under `theme/` are.
struct CurrentTheme(Arc<Theme>);

impl<S: AsRef<Web> + Send + Sync> FromRequestParts<S> for CurrentTheme {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Arc::clone(&state.as_ref().identity().get().theme)))
    }
}

/// Nothing in an image runs or fetches, not even one that is opened by itself.
const IMAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Serves the files.
pub fn routes<S: AsRef<Web> + Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/fichiers/{version}/{*path}", get(serve))
}

/// `GET /fichiers/{version}/{*path}`
async fn serve(CurrentTheme(theme): CurrentTheme, Path((_version, path)): Path<(String, String)>) -> Result<Response> {
    if let Some(name) = path.strip_prefix("theme/") {
        let file = theme.file(name).ok_or(Error::NotFound)?;
        return Ok(kept(file.bytes.clone(), file.media_type));
    }
    let file = find(&path).ok_or(Error::NotFound)?;
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    Ok(kept(file.data.into_owned(), kind))
}

/// A file that browsers keep for good: another one has another address.
fn kept(bytes: Vec<u8>, kind: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if kind.starts_with("image/") {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(IMAGE_POLICY));
    }
    response
}
