//! Proof of the right to act for one tenant.

use switchboard_domain::ids::TenantId;

/// The right to read and change one tenant's data.
///
/// It cannot be made from an id alone outside this crate: it comes out of a look-up that proved something, such as a
/// key's hash, a connection whose secret verified, or a claimed job (all in [`crate::platform`] and [`crate::work`]). A
/// handler that forgets to authenticate has nothing to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantScope {
    tenant: TenantId,
}

impl TenantScope {
    pub(crate) const fn new(tenant: TenantId) -> Self {
        Self { tenant }
    }

    pub const fn tenant(self) -> TenantId {
        self.tenant
    }
}
