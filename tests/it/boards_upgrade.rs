//! A page left open over an upgrade that changed the messages: it is told to load itself again, not left alone.

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::Uuid;

use crate::boards_client::{board_of, person};
use crate::harness::{TestApp, WORKSHOP};

#[tokio::test]
async fn a_page_of_another_version_is_told_to_load_itself_again() {
    let app = TestApp::start().await;
    let (event, board) = board_of(&app.app, WORKSHOP).await;
    let cookie = person(&app.app, "ada@exemple.fr", Some(event)).await.0;
    let base = format!("http://{}", app.address);
    let connect = async |query: &str, protocol: &str| {
        let url = format!("{}/tableaux/{board}/socket{query}", base.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        for (name, value) in [("origin", &*base), ("sec-websocket-protocol", protocol), ("cookie", &*cookie)] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        tokio_tungstenite::connect_async(request).await.unwrap()
    };
    let path = format!("/tableaux/{board}");
    let page = app.visitor().request(reqwest::Method::GET, &path, &[("cookie", &cookie)]).await.body;
    let version = page.split("data-version=\"").nth(1).unwrap().split('"').next().unwrap();

    for (query, protocol) in [("?version=0123456789ab", "parcours.board.v1"), ("", "parcours.board.v0")] {
        let (mut socket, answer) = connect(query, protocol).await;
        // A browser takes a connection only under a name that it offered.
        assert_eq!(answer.headers()["sec-websocket-protocol"], protocol);
        let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else { panic!("it is closed") };
        assert_eq!(u16::from(frame.code), 4010);
    }

    let (mut socket, _) = connect(&format!("?version={version}"), "parcours.board.v1").await;
    let hello = json!({ "type": "hello", "client": Uuid::new_v4(), "since": null });
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let Some(Ok(Message::Text(welcome))) = socket.next().await else { panic!("it is answered") };
    assert!(welcome.contains("welcome"));
}
