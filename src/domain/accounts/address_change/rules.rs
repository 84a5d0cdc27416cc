//! How long a change of an address takes.

use std::time::Duration;

/// The link to the new address works this long, and the change takes effect this long after it was proved: time for whoever
/// reads the old mailbox to stop it.
pub const TAKES: Duration = Duration::from_secs(24 * 3600);

/// After the old address stopped a change, none can be asked for this long.
pub const STOPPED_FOR: Duration = Duration::from_secs(24 * 3600);
