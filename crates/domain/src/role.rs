//! Who may do what: THE table. The code asks it, the API's description and the dashboard show it; there is no second one.
//!
//! A permission is a verb on a noun of the glossary. Roles are fixed sets of them, because a set that each tenant composes
//! itself is a set that nobody can reason about; what an API key may do is a subset that its maker chose.

use crate::text_enum;

text_enum! {
    /// A person's role in one tenant.
    pub enum Role {
        /// Everything, including making other owners.
        Owner "owner",
        /// Everything but owners.
        Admin "admin",
        /// Works with calls, messages and contacts.
        Agent "agent",
        /// Looks on.
        Viewer "viewer",
    }
}

text_enum! {
    /// One thing that somebody may or may not do.
    pub enum Permission {
        /// Read calls, messages, voicemails, contacts, recordings and their changes.
        RecordsRead "records.read",
        /// Edit and resolve them.
        RecordsWrite "records.write",
        /// Take them out in bulk.
        RecordsExport "records.export",
        /// Read the log of what providers sent.
        EventsRead "events.read",
        /// Have events merged again.
        EventsReplay "events.replay",
        JobsRead "jobs.read",
        /// Requeue dead jobs.
        JobsWrite "jobs.write",
        ConnectionsRead "connections.read",
        /// Make, change and remove connections, their credentials and webhooks.
        ConnectionsWrite "connections.write",
        AppsRead "apps.read",
        /// Make apps; make, replace and revoke their keys.
        AppsWrite "apps.write",
        MembersRead "members.read",
        /// Invite people, change roles below owner, remove members.
        MembersWrite "members.write",
        /// Make and unmake owners.
        OwnersWrite "owners.write",
        /// Read settings, plan and usage.
        WorkspaceRead "workspace.read",
        /// Change settings, features and retention.
        WorkspaceWrite "workspace.write",
        AuditRead "audit.read",
        /// Export or erase everything about one contact.
        PrivacyWrite "privacy.write",
    }
}

impl Permission {
    /// What it allows, for the API's description and the dashboard.
    pub const fn about(self) -> &'static str {
        match self {
            Self::RecordsRead => "Read calls, messages, voicemails, contacts, recordings and changes",
            Self::RecordsWrite => "Edit and resolve calls, messages, voicemails and contacts",
            Self::RecordsExport => "Export records in bulk",
            Self::EventsRead => "Read the log of what providers sent",
            Self::EventsReplay => "Have events merged again",
            Self::JobsRead => "Read jobs",
            Self::JobsWrite => "Requeue dead jobs",
            Self::ConnectionsRead => "Read connections",
            Self::ConnectionsWrite => "Make, change and remove connections, their credentials and webhooks",
            Self::AppsRead => "Read apps and what is known of their keys",
            Self::AppsWrite => "Make apps; make, replace and revoke their keys",
            Self::MembersRead => "See who works here",
            Self::MembersWrite => "Invite people, change roles below owner, remove members",
            Self::OwnersWrite => "Make and unmake owners",
            Self::WorkspaceRead => "Read settings, plan and usage",
            Self::WorkspaceWrite => "Change settings, features and retention",
            Self::AuditRead => "Read and export the audit log",
            Self::PrivacyWrite => "Export or erase everything about one contact",
        }
    }

    /// An API key may be given it. Members, owners and erasure are for people.
    pub const fn is_for_apps(self) -> bool {
        !matches!(self, Self::MembersWrite | Self::OwnersWrite | Self::PrivacyWrite)
    }

    /// What a key gets whose maker names nothing: what keys could always do.
    pub const fn is_for_apps_unless_said(self) -> bool {
        matches!(
            self,
            Self::RecordsRead
                | Self::RecordsWrite
                | Self::EventsRead
                | Self::EventsReplay
                | Self::JobsRead
                | Self::JobsWrite
                | Self::ConnectionsRead
                | Self::ConnectionsWrite
                | Self::AppsRead
                | Self::AppsWrite
                | Self::WorkspaceRead
        )
    }
}

impl Role {
    /// Whether this role includes a permission.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Admin => !matches!(permission, P::OwnersWrite),
            Self::Agent => matches!(
                permission,
                P::RecordsRead
                    | P::RecordsWrite
                    | P::EventsRead
                    | P::JobsRead
                    | P::ConnectionsRead
                    | P::AppsRead
                    | P::MembersRead
                    | P::WorkspaceRead
            ),
            Self::Viewer => {
                matches!(permission, P::RecordsRead | P::ConnectionsRead | P::MembersRead | P::WorkspaceRead)
            }
        }
    }

    /// The word for it in the guides' shapes, which know two.
    pub const fn guide_word(self) -> &'static str {
        match self {
            Self::Owner | Self::Admin => "admin",
            Self::Agent | Self::Viewer => "user",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_one_below_it() {
        for permission in Permission::ALL {
            let may: Vec<bool> = Role::ALL.iter().map(|role| role.may(*permission)).collect();
            assert!(may.windows(2).all(|pair| pair[0] || !pair[1]), "{permission}: {may:?}");
        }
    }

    #[test]
    fn only_owners_make_owners_and_no_key_touches_people() {
        assert!(Role::Owner.may(Permission::OwnersWrite) && !Role::Admin.may(Permission::OwnersWrite));
        assert!(!Permission::MembersWrite.is_for_apps() && !Permission::PrivacyWrite.is_for_apps());
        for permission in Permission::ALL.iter().filter(|permission| permission.is_for_apps_unless_said()) {
            assert!(permission.is_for_apps(), "{permission}");
        }
    }
}
