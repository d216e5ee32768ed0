//! What people did with a call: notes, tags, and whether it is dealt with. All routes that change it answer with the whole
//! of it, so that a client need not guess what became of its change.

use serde::Serialize;
use switchboard_app::calls::CallsError;
use switchboard_domain::{
    Timestamp,
    call_work::{Author, Note, WorkDoc},
    ids::NoteId,
};
use utoipa::ToSchema;

use crate::problem::{Code, Problem};

/// Who wrote a note or marked a call, as they were called then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Author)]
pub struct AuthorView {
    /// A user's id, or an app's.
    pub id: Option<String>,
    pub name: String,
}

impl From<Author> for AuthorView {
    fn from(author: Author) -> Self {
        Self { id: author.id, name: author.name }
    }
}

/// What somebody wrote about a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallNote)]
pub struct NoteView {
    #[schema(value_type = String)]
    pub id: NoteId,
    pub author: AuthorView,
    pub text: String,
    #[schema(value_type = String, format = DateTime)]
    pub written_at: Timestamp,
    /// When its words last changed; null if they never did.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
}

impl From<Note> for NoteView {
    fn from(note: Note) -> Self {
        Self {
            id: note.id,
            author: note.author.into(),
            text: note.text,
            written_at: note.written_at,
            edited_at: note.edited_at,
        }
    }
}

/// Who marked a call as dealt with, and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallResolved)]
pub struct ResolvedView {
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    pub by: AuthorView,
}

/// What people did with a call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CallWork)]
pub struct WorkView {
    /// Oldest first.
    pub notes: Vec<NoteView>,
    /// Sorted.
    pub tags: Vec<String>,
    pub is_resolved: bool,
    pub resolved: Option<ResolvedView>,
}

impl From<&WorkDoc> for WorkView {
    fn from(work: &WorkDoc) -> Self {
        Self { notes: notes(work), tags: work.tags(), is_resolved: work.resolved().is_some(), resolved: resolved(work) }
    }
}

pub fn notes(work: &WorkDoc) -> Vec<NoteView> {
    work.notes().into_iter().map(NoteView::from).collect()
}

pub fn resolved(work: &WorkDoc) -> Option<ResolvedView> {
    work.resolved().map(|(at, by)| ResolvedView { at, by: by.clone().into() })
}

impl From<CallsError> for Problem {
    fn from(error: CallsError) -> Self {
        let detail = error.to_string();
        match error {
            CallsError::NoSuchCall => Self::not_found("call"),
            CallsError::NoSuchNote => Self::not_found("note"),
            CallsError::SomebodyElses => Self::new(Code::Forbidden, detail),
            CallsError::TooManyNotes | CallsError::TooManyTags => Self::new(Code::Conflict, detail),
            CallsError::Fields(faults) => Self::fields(faults),
            CallsError::Store(error) => error.into(),
        }
    }
}
