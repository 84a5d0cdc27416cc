//! The integration tests, in one binary: each goes through the door a visitor uses.
//! They run on SQLite, or on PostgreSQL when `TEST_DATABASE_URL` names a server where databases may be created.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod accounts;
mod architecture;
mod boards;
mod boards_client;
mod boards_crash;
mod boards_files;
mod boards_nodes;
mod boards_simulation;
mod boards_tabs;
mod boards_upgrade;
mod calendar_import;
mod changes;
mod command_line;
mod feeds;
mod feeds_history;
mod feeds_private;
mod feeds_rules;
mod feeds_text;
mod guards;
mod hand_over;
mod harness;
mod histories;
mod invitation_letters;
mod invitations;
mod letters;
mod list_import;
mod operations;
mod organisations;
mod organisers;
mod outbox;
mod outbox_crash;
mod outbox_rules;
mod outbox_shared;
mod privacy;
mod programme;
mod races;
mod races_crash;
mod registrations;
mod reminders;
mod security;
mod stopping;
mod together;
mod typography;
