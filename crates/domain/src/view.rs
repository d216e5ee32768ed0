//! Saved views: lists that people keep by name.

use crate::text_enum;

text_enum! {
    /// What a list is of.
    pub enum Noun {
        Calls "calls",
        Messages "messages",
        Voicemails "voicemails",
        Contacts "contacts",
    }
}

/// Characters of a view's name.
pub const MAX_NAME: usize = 80;
/// Names that a view narrows by, and characters of one and of its value.
pub const MAX_FILTERS: usize = 30;
pub const MAX_FILTER_NAME: usize = 50;
pub const MAX_FILTER_VALUE: usize = 500;
/// Views that one person keeps in a workspace.
pub const MAX_VIEWS: i64 = 200;
