//! The least that a handler can do, on the same library as the program, in a process of its own.

use std::process::{Child, Command, Stdio};

use axum::Router;
use axum::routing::get;

/// A server that says hello.
pub struct Hello {
    child: Child,
    pub base: String,
}

impl Hello {
    pub fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = std::env::current_exe().unwrap();
        let child = Command::new(program).args(["hello", &port.to_string()]).stdout(Stdio::null()).spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self { child, base: format!("http://127.0.0.1:{port}") }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server's `main`, when this program was started as one.
pub async fn serve_if_asked() -> bool {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("hello") {
        return false;
    }
    let port: u16 = arguments.next().unwrap().parse().unwrap();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    axum::serve(listener, Router::new().route("/", get(|| async { "hello" }))).await.unwrap();
    true
}
