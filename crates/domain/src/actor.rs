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
                role.may(permission) && (impersonated_by.is_none() || permission != Permission::OwnersWrite)
            }
            Self::PlatformAdmin { .. } | Self::Operator | Self::System => true,
        }
    }

    /// A platform admin works under somebody's name. Passwords, second factors and owners are then out of reach: support
    /// may look at a workspace as its people see it, and must not be able to stay.
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
