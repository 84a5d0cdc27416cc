//! The table of permissions: what each role allows, and what each route asks for.

use domain::roles::Role;

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Everybody opens it; a secret in the address may stand for who they are.
    Open,
    /// Whoever is signed in, for what is theirs.
    Own,
    /// A permission, over this.
    Asks(Permission, Over),
    /// A seat at the board's event, or the permission to run boards there.
    Seat,
}
pub use Gate::{Asks, Open, Own, Seat};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    Read,
    Organise,
    Export,
    RunBoards,
    CheckIn,
    GrantRoles,
}
pub use Permission::{CheckIn, Export, GrantRoles, Organise, Read, RunBoards};

/// What must lie within the scope of a role that opens a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// All of the service.
    Everything,
    /// The current edition.
    Edition,
    /// The event that the address is about.
    Event,
    /// Anything: the page shows what lies within the scope.
    Anything,
}

/// What each role allows.
pub const ROLES: [(Role, &str, &[Permission]); 5] = [
    (Role::Owner, "does everything, and gives roles", &[Read, Organise, Export, RunBoards, CheckIn, GrantRoles]),
    (Role::Organiser, "runs events, people and letters", &[Read, Organise, Export, RunBoards, CheckIn]),
    (Role::Facilitator, "runs boards, and sees names on them", &[RunBoards]),
    (Role::Reader, "sees counts and lists, changes nothing", &[Read]),
    (Role::Door, "notes who is there (its page comes later)", &[CheckIn]),
];

/// Every route, by its methods and path.
pub const ROUTES: &[(&str, Gate)] = &[
    ("GET /", Open),
    ("GET /.well-known/security.txt", Open),
    ("GET /calendrier", Open),
    ("GET POST /connexion", Open),
    ("GET /connexion/envoyee", Open),
    ("GET POST /connexion/preuve", Own),
    ("GET POST /connexion/{token}", Open),
    ("GET POST /courriels-recus/{class}/{address}/{token}", Open),
    ("GET POST /courriels-recus/{class}/{sealed}", Open),
    ("POST /deconnexion", Open),
    ("GET /evenements/{slug}", Open),
    ("GET POST /evenements/{slug}/inscription", Open),
    ("GET /evenements/{slug}/inscription/recue", Open),
    ("GET /evenements/{slug}/tableau", Own),
    ("GET /fichiers/{version}/{*path}", Open),
    ("GET /healthz", Open),
    ("GET POST /demandes/{token}", Open),
    ("GET /inscriptions/{token}", Open),
    ("POST /inscriptions/{token}/annuler", Open),
    ("POST /inscriptions/{token}/confirmer", Open),
    ("POST /inscriptions/{token}/dernier-moment", Open),
    ("GET POST /inscriptions/{token}/transmettre", Open),
    ("POST /inscriptions/{token}/transmettre/reprendre", Open),
    ("GET /invitations/{token}", Open),
    ("POST /invitations/{token}/decliner", Open),
    ("POST /invitations/{token}/inscription", Open),
    ("GET /metrics", Open),
    ("GET /mon-parcours", Own),
    ("GET /mon-parcours/appareils", Own),
    ("POST /mon-parcours/appareils/fermer-les-autres", Own),
    ("POST /mon-parcours/appareils/{id}/fermer", Own),
    ("POST /mon-parcours/deconnexion-partout", Own),
    ("GET POST /mon-parcours/donnees", Own),
    ("GET /mon-parcours/donnees.json", Own),
    ("GET POST /mon-parcours/effacer", Own),
    ("POST /mon-parcours/flux", Own),
    ("POST /mon-parcours/flux/alarme", Own),
    ("POST /mon-parcours/flux/fermer", Own),
    ("POST /mon-parcours/inscriptions/{id}/accepter", Own),
    ("GET POST /mon-parcours/inscriptions/{id}/annuler", Own),
    ("POST /mon-parcours/inscriptions/{id}/reprendre", Own),
    ("GET /organisation", Asks(Read, Over::Anything)),
    ("GET POST /organisation/agenda", Asks(Organise, Over::Edition)),
    ("GET /organisation/courriels", Asks(Organise, Over::Everything)),
    ("GET /organisation/courriels/{id}", Asks(Organise, Over::Everything)),
    ("POST /organisation/courriels/{id}/abandonner", Asks(Organise, Over::Everything)),
    ("POST /organisation/courriels/{id}/bloquer", Asks(Organise, Over::Everything)),
    ("POST /organisation/courriels/{id}/debloquer", Asks(Organise, Over::Everything)),
    ("GET /organisation/courriels/{id}/message.html", Asks(Organise, Over::Everything)),
    ("POST /organisation/courriels/{id}/renvoyer", Asks(Organise, Over::Everything)),
    ("GET /organisation/evenements/{slug}", Asks(Read, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/annuler", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/capacite", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/courriels", Asks(Organise, Over::Event)),
    ("GET /organisation/evenements/{slug}/equipe", Asks(Organise, Over::Event)),
    ("POST /organisation/evenements/{slug}/equipe", Asks(GrantRoles, Over::Event)),
    ("POST /organisation/evenements/{slug}/fermer", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/importer", Asks(Organise, Over::Event)),
    ("GET /organisation/evenements/{slug}/inscriptions.csv", Asks(Export, Over::Event)),
    ("GET /organisation/evenements/{slug}/inscriptions.xlsx", Asks(Export, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/inscrire", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/message", Asks(Organise, Over::Event)),
    ("POST /organisation/evenements/{slug}/message/apercu", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/textes", Asks(Organise, Over::Event)),
    ("POST /organisation/evenements/{slug}/textes/apercu", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/modifier", Asks(Organise, Over::Event)),
    ("GET /organisation/evenements/{slug}/places", Asks(Read, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/public", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/publier", Asks(Organise, Over::Event)),
    ("GET POST /organisation/evenements/{slug}/retirer", Asks(Organise, Over::Event)),
    ("POST /organisation/evenements/{slug}/rouvrir", Asks(Organise, Over::Event)),
    ("POST /organisation/evenements/{slug}/selection", Asks(Organise, Over::Event)),
    ("GET /organisation/inscriptions/{id}", Asks(Read, Over::Event)),
    ("POST /organisation/inscriptions/{id}/{act}", Asks(Organise, Over::Event)),
    ("GET /organisation/invitations", Asks(Organise, Over::Anything)),
    ("POST /organisation/invitations/apercu", Asks(Organise, Over::Anything)),
    ("GET POST /organisation/invitations/nouvelle", Asks(Organise, Over::Anything)),
    ("GET /organisation/invitations/{id}", Asks(Organise, Over::Event)),
    ("POST /organisation/invitations/{id}/arreter", Asks(Organise, Over::Event)),
    ("POST /organisation/invitations/{id}/relancer", Asks(Organise, Over::Event)),
    ("POST /organisation/invitations/{id}/reprendre", Asks(Organise, Over::Event)),
    ("GET /organisation/journal", Asks(Organise, Over::Everything)),
    ("GET /organisation/journal?evenement={slug}", Asks(Organise, Over::Event)),
    ("GET /organisation/organisations", Asks(Read, Over::Everything)),
    ("GET POST /organisation/organisations/{id}", Asks(Organise, Over::Everything)),
    ("POST /organisation/organisations/{id}/distinguer", Asks(Organise, Over::Everything)),
    ("GET POST /organisation/organisations/{id}/fusionner", Asks(Organise, Over::Everything)),
    ("GET /organisation/personnes/{id}", Asks(Read, Over::Everything)),
    ("GET POST /organisation/roles", Asks(GrantRoles, Over::Anything)),
    ("GET POST /organisation/roles/{id}/changer", Asks(GrantRoles, Over::Event)),
    ("GET POST /organisation/roles/{id}/terminer", Asks(GrantRoles, Over::Event)),
    ("GET POST /organisation/tableaux/{id}/archiver", Asks(Organise, Over::Event)),
    ("GET /organisation/tableaux/{id}/rejoindre", Asks(RunBoards, Over::Event)),
    ("POST /organisation/tableaux/{id}/rouvrir", Asks(Organise, Over::Event)),
    ("GET POST /parcours/inscription", Open),
    ("GET /parcours/inscription/recue", Open),
    ("GET /readyz", Open),
    ("GET POST /rejoindre/{token}", Open),
    ("GET /robots.txt", Open),
    ("GET /t", Open),
    ("GET /t/", Open),
    ("GET /t/{code}", Open),
    ("GET /tableaux/{id}", Seat),
    ("GET /tableaux/{id}/auteurs.json", Seat),
    ("GET /tableaux/{id}/export.csv", Seat),
    ("GET /tableaux/{id}/export.graphml", Seat),
    ("GET /tableaux/{id}/export.json", Seat),
    ("GET /tableaux/{id}/export.odt", Seat),
    ("GET /tableaux/{id}/export.svg", Seat),
    ("GET /tableaux/{id}/export.xlsx", Seat),
    ("GET /tableaux/{id}/fiches/{card}/auteurs.json", Seat),
    ("GET POST /tableaux/{id}/importer", Asks(RunBoards, Over::Event)),
    ("POST /tableaux/{id}/importer/annuler", Asks(RunBoards, Over::Event)),
    ("GET /tableaux/{id}/imprimer", Seat),
    ("GET /tableaux/{id}/journal.json", Seat),
    ("GET /tableaux/{id}/revoir", Seat),
    // Every method leads to it, and a WebSocket is opened before anybody is looked up: tests/it/roles.rs and boards_rights.rs.
    ("ANY /tableaux/{id}/socket", Open),
    ("GET /transmissions/{token}", Open),
    ("POST /transmissions/{token}", Open),
    ("POST /transmissions/{token}/decliner", Open),
];
