//! Whether a registration may go over to another organisation. Pure.

use crate::programme::UnlistedPolicy;
use crate::registrations::audience::Standing;
use crate::registrations::refusal::Refusal;
use crate::registrations::rules::{Admission, Asker};
use crate::registrations::status::RegistrationStatus;

/// Decides whether what somebody has at an event may be their new organisation's; `asker` is how they would ask today.
///
/// # Errors
///
/// Refuses a seat beyond those that the new organisation may have, and an organisation that the event does not admit.
pub(super) fn may_follow(admission: &Admission, status: RegistrationStatus, asker: &Asker) -> Result<(), Refusal> {
    if status.is_taken() && admission.cap.is_some_and(|cap| asker.colleagues >= cap) {
        return Err(Refusal::OrganisationFull);
    }
    // A request that waits for approval may wait for it all the same.
    let waits_for_word = admission.unlisted == UnlistedPolicy::Approve && status == RegistrationStatus::Pending;
    let is_known = asker.standing == Standing::Listed || asker.invited;
    if admission.unlisted != UnlistedPolicy::Admit && !is_known && !waits_for_word {
        return Err(Refusal::NotListed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::clock::Timestamp;

    fn admission(cap: Option<u32>, unlisted: UnlistedPolicy) -> Admission {
        Admission {
            takes_place: true,
            opens_at: None,
            closes_at: Timestamp::from_millis(1),
            starts_at: Timestamp::from_millis(1),
            capacity: Some(9),
            buyers_only: true,
            unlisted,
            reserved: 0,
            reserved_until: None,
            cap,
        }
    }

    #[test]
    fn a_seat_goes_over_only_within_the_new_organisations_cap_and_a_place_in_the_line_always() {
        let full = admission(Some(2), UnlistedPolicy::Admit);
        let asker = |colleagues| Asker { colleagues, ..Asker::default() };
        assert_eq!(may_follow(&full, RegistrationStatus::Confirmed, &asker(1)), Ok(()));
        assert_eq!(may_follow(&full, RegistrationStatus::Confirmed, &asker(2)), Err(Refusal::OrganisationFull));
        assert_eq!(may_follow(&full, RegistrationStatus::Waiting, &asker(2)), Ok(()));
        assert_eq!(may_follow(&admission(None, UnlistedPolicy::Admit), RegistrationStatus::Held, &asker(9)), Ok(()));
    }

    #[test]
    fn an_organisation_that_is_not_on_the_list_takes_no_seat_along() {
        let asker = |standing| Asker { standing, ..Asker::default() };
        for unlisted in [UnlistedPolicy::Approve, UnlistedPolicy::Refuse] {
            let admission = admission(None, unlisted);
            for standing in [Standing::Unlisted, Standing::Claimed] {
                let followed = may_follow(&admission, RegistrationStatus::Confirmed, &asker(standing));
                assert_eq!(followed, Err(Refusal::NotListed));
            }
            assert_eq!(may_follow(&admission, RegistrationStatus::Confirmed, &asker(Standing::Listed)), Ok(()));
            let guest = Asker { invited: true, ..asker(Standing::Unlisted) };
            assert_eq!(
                may_follow(&admission, RegistrationStatus::Confirmed, &guest),
                Ok(()),
                "who is invited by name is known"
            );
        }
        assert_eq!(
            may_follow(
                &admission(None, UnlistedPolicy::Approve),
                RegistrationStatus::Pending,
                &asker(Standing::Unlisted)
            ),
            Ok(())
        );
    }
}
