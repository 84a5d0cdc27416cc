//! Somebody with a browser: cookies, forms, no redirect followed unseen.

use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, header};

use super::{TestApp, link};
use site::App;

/// A browser.
pub struct Visitor {
    client: Client,
    base: String,
    app: App,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where the answer sends the browser.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie that it sets whose name ends so, with all that is said of it.
    pub fn cookie(&self, name: &str) -> &str {
        let mut set = self.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
        set.find(|cookie| cookie.split('=').next().unwrap().ends_with(name)).expect("the cookie")
    }

    /// What a hidden field holds, as a browser sends it.
    pub fn hidden(&self, name: &str) -> String {
        let opens = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
        let (_, value) = self.body.split_once(&opens).expect("the field");
        unescaped(value.split('"').next().unwrap())
    }
}

/// Text from the HTML that askama made of it.
pub fn unescaped(html: &str) -> String {
    let signs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    signs.into_iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

impl Visitor {
    pub fn new(app: &TestApp) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().build().unwrap();
        Self { client, base: format!("http://{}", app.address), app: app.app.clone() }
    }

    /// A browser that says this of itself.
    pub fn with_agent(app: &TestApp, agent: &str) -> Self {
        let client = Client::builder().cookie_store(true).redirect(Policy::none()).no_proxy().user_agent(agent);
        Self { client: client.build().unwrap(), base: format!("http://{}", app.address), app: app.app.clone() }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    /// A request with headers of its own.
    pub async fn request(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Submits a form as a browser does, with its Origin.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).header(header::ORIGIN, &self.base).form(fields);
        self.send(request).await
    }

    /// Submits the form of a page, as a browser does that says on which page it was.
    pub async fn post_from(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).header(header::ORIGIN, &self.base);
        self.send(request.header(header::REFERER, format!("{}{page}", self.base)).form(fields)).await
    }

    /// Follows a link of a page.
    pub async fn get_from(&self, page: &str, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.base));
        self.send(request.header(header::REFERER, format!("{}{page}", self.base))).await
    }

    /// Submits a form with a file.
    pub async fn post_multipart(&self, path: &str, form: reqwest::multipart::Form) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base)).header(header::ORIGIN, &self.base);
        self.send(request.multipart(form)).await
    }

    /// Asks for a seat with this address, which is yet to be proved.
    pub async fn ask(&self, event: &str, email: &str) -> Answer {
        self.ask_named(event, email.split('@').next().unwrap(), email, "").await
    }

    /// Asks for a seat under a name; `short_notice` is "oui" of those who can come at short notice.
    pub async fn ask_named(&self, event: &str, name: &str, email: &str, short_notice: &str) -> Answer {
        let fields = [
            ("name", name),
            ("email", email),
            ("organisation", "Ville d’Angers"),
            ("buyer", "oui"),
            ("short_notice", short_notice),
        ];
        self.post(&format!("/evenements/{event}/inscription"), &fields).await
    }

    /// Asks for a seat and answers the organisers' questions.
    pub async fn ask_with(&self, event: &str, email: &str, answers: &[(&str, &str)]) -> Answer {
        let name = email.split('@').next().unwrap();
        let fields = [("name", name), ("email", email), ("organisation", "Ville d’Angers"), ("buyer", "oui")];
        self.post(&format!("/evenements/{event}/inscription"), &[&fields, answers].concat()).await
    }

    /// Asks for a seat and presses the letter's button.
    pub async fn register(&self, event: &str, email: &str) -> Answer {
        assert_eq!(self.ask(event, email).await.status, 303);
        self.prove(email).await
    }

    /// Asks for a seat under a name and presses the letter's button.
    pub async fn register_named(&self, event: &str, name: &str, email: &str, short_notice: &str) -> Answer {
        assert_eq!(self.ask_named(event, name, email, short_notice).await.status, 303);
        self.prove(email).await
    }

    /// Presses the button of the newest letter about a request of this address, with the words that were typed.
    pub async fn prove(&self, email: &str) -> Answer {
        self.post(&link(&self.app, email, "request").await, &[]).await
    }

    /// Presses a button of the page to which this person's letter about a registration leads.
    pub async fn press(&self, app: &TestApp, email: &str, button: &str, fields: &[(&str, &str)]) {
        let link = app.link(email, "registration").await;
        assert_eq!(self.post(&format!("{link}/{button}"), fields).await.status, 303);
    }

    /// Makes the private feed of who is signed in, in place of an earlier one; its path.
    pub async fn make_feed(&self) -> String {
        assert_eq!(self.post("/mon-parcours/flux", &[]).await.status, 303);
        let page = self.get("/mon-parcours").await.body;
        let start = page.find("/calendrier/prive/").unwrap();
        page[start..].split('"').next().unwrap().to_owned()
    }

    /// Signs in by the letter's link.
    pub async fn sign_in(&self, app: &TestApp, email: &str) {
        let link = self.ask_for_link(app, email).await;
        assert_eq!(self.post(&link, &[]).await.status, 303);
    }

    /// Asks for a link to sign in; its path.
    pub async fn ask_for_link(&self, app: &TestApp, email: &str) -> String {
        assert_eq!(self.post("/connexion", &[("email", email)]).await.status, 303);
        app.link(email, "sign_in").await.split('?').next().unwrap().to_owned()
    }

    /// The code that this browser shows after it asked for a link.
    pub async fn code(&self) -> String {
        let page = self.get("/connexion/envoyee").await.body;
        let (_, code) = page.split_once("id=\"code\"><strong>").expect("a code");
        code.chars().take_while(|sign| *sign != '<').filter(char::is_ascii_digit).collect()
    }
}
