//! Who is doing something: what permissions are asked of, and what the audit log names.

use crate::{
    ids::{ApiKeyId, AppId, SessionId, UserId},
    role::{Permission, Role},
};

/// The one who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A client program, by its key.
    App {
        app: AppId,
        key: ApiKeyId,
        /// What the key was given; `None` is what keys get whose maker names nothing.
        scopes: Option<Vec<Permission>>,
    },
    /// A person who signed in.
    User {
        user: UserId,
        session: SessionId,
        role: Role,
        /// The platform admin who works under this person's name.
        impersonated_by: Option<UserId>,
    },
    /// A person who runs the installation, under their own name and in no tenant.
    PlatformAdmin { user: UserId, session: SessionId },
    /// Somebody who knows `INTERNAL_API_SECRET`, or a command on the machine itself.
    Operator,
    /// The server of its own accord: a job.
    System,
}

impl Actor {
    /// Whether the one who acts may do this.
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::App { scopes: Some(scopes), .. } => permission.is_for_apps() && scopes.contains(&permission),
            Self::App { scopes: None, .. } => permission.is_for_apps_unless_said(),
            Self::User { role, impersonated_by, .. } => {
                role.may(permission) && (impersonated_by.is_none() || !outlives_a_session(permission))
            }
            Self::PlatformAdmin { .. } | Self::Operator | Self::System => true,
        }
    }

    /// A platform admin works under somebody's name. Passwords, second factors, people and keys are then out of reach:
    /// support may look at a workspace as its people see it, and must not be able to stay.
    pub const fn is_impersonated(&self) -> bool {
        matches!(self, Self::User { impersonated_by: Some(_), .. })
    }

    /// What kind of actor, as the audit log keeps it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::App { .. } => "app",
            Self::User { .. } => "user",
            Self::PlatformAdmin { .. } => "platform_admin",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// Which one, where there are several.
    pub fn id(&self) -> Option<String> {
        match self {
            Self::App { app, .. } => Some(app.to_string()),
            Self::User { user, .. } | Self::PlatformAdmin { user, .. } => Some(user.to_string()),
            Self::Operator | Self::System => None,
        }
    }
}

/// Whether somebody could let themselves in with it for longer than they are signed in: as a member, or with a key.
const fn outlives_a_session(permission: Permission) -> bool {
    matches!(permission, Permission::OwnersWrite | Permission::MembersWrite | Permission::AppsWrite)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn owner(impersonated_by: Option<UserId>) -> Actor {
        let (user, session) = (UserId::from_uuid(Uuid::from_u128(1)), SessionId::from_uuid(Uuid::from_u128(2)));
        Actor::User { user, session, role: Role::Owner, impersonated_by }
    }

    #[test]
    fn whoever_works_under_somebodys_name_cannot_stay() {
        let admin = UserId::from_uuid(Uuid::from_u128(3));
        for permission in Permission::ALL {
            let stays = [Permission::OwnersWrite, Permission::MembersWrite, Permission::AppsWrite].contains(permission);
            assert!(owner(None).may(*permission), "{permission}");
            assert_eq!(owner(Some(admin)).may(*permission), !stays, "{permission}");
        }
    }
}
