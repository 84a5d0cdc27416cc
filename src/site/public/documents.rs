//! A document, streamed from its pieces: always an attachment, whatever it holds.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::App;
use domain::event_documents::{self, EventDocument};
use domain::programme;
use domain::roles::{self, Permission};
use http::error::{Error, Result};
use http::extract::Path;
use http::session::SignedIn;
use kernel::id::DocumentId;
use kernel::percent;

/// Should a browser show a file after all, it runs and fetches nothing, as if it came from nowhere.
const FILE_POLICY: &str = "default-src 'none'; sandbox";

/// `GET /documents/{id}`: for everybody once its event has begun, for its organisers before.
pub(super) async fn download(
    State(app): State<App>,
    person: Option<SignedIn>,
    Path(id): Path<DocumentId>,
    headers: HeaderMap,
) -> Result<Response> {
    let mut tx = app.db.snapshot().await?;
    let document = event_documents::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let event = programme::event_by_id(&mut tx, document.event_id).await?.ok_or(Error::NotFound)?;
    let is_open = event_documents::are_public(&event, app.clock.now())
        || match person {
            Some(SignedIn(person)) => roles::of_person(&mut tx, person.id).await?.may(Permission::Organise, &event),
            None => false,
        };
    drop(tx);
    if !is_open {
        return Err(Error::NotFound);
    }
    // What an identifier names never changes, and is sent as it is stored.
    let etag = format!("\"{id}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut response =
        match known.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == etag) {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => file(app, &document),
        };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, value(&etag));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    Ok(response)
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn file(app: App, document: &EventDocument) -> Response {
    let (id, pieces) = (document.id, document.pieces);
    // Each piece is read when the client has taken the one before: no connection is held meanwhile.
    let stream = stream::try_unfold((app, 0), move |(app, number)| async move {
        if number == pieces {
            return Ok(None);
        }
        let piece = event_documents::piece(&mut app.db.read().await?, id, number).await?;
        let piece = piece.ok_or(sqlx::Error::RowNotFound)?;
        Ok::<_, sqlx::Error>(Some((Bytes::from(piece), (app, number + 1))))
    });
    let mut response = Body::from_stream(stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.format.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(document.size));
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition(&document.file_name)));
    response
}

/// As RFC 6266 says: a name of ASCII for old clients, the whole one for the others.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|sign| if sign.is_ascii_graphic() && !"\"\\%".contains(sign) { sign } else { '_' }).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent::encode(name).replace('/', "%2F"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_to_old_clients_too_and_ends_no_header() {
        let told = disposition("Bilan d’étape\r\n\".pdf");
        let plain = "attachment; filename=\"Bilan_d__tape___.pdf\"";
        assert_eq!(told, format!("{plain}; filename*=UTF-8''Bilan%20d%E2%80%99%C3%A9tape%0D%0A%22.pdf"));
        assert!(HeaderValue::from_str(&told).is_ok());
    }
}
