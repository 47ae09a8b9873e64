//! The implementation of each service.

use super::provider::Provider;
use super::{agora, crashsight, getui};
use crate::request::ProviderId;

/// The implementation for a service.
pub(super) fn of(id: ProviderId) -> &'static dyn Provider {
    match id {
        ProviderId::CrashSight => &crashsight::CrashSight,
        ProviderId::Agora => &agora::Agora,
        ProviderId::Getui => &getui::Getui,
    }
}
