//! Features that can be switched for one tenant. A closed list in the code: what is not in it switches nothing, so it
//! cannot be set either.

use crate::text_enum;

text_enum! {
    /// A feature. Its word is the name that the guide's clients read it by.
    pub enum Feature {
        Transcription "transcription_enabled",
        Sentiment "sentiment_enabled",
    }
}

impl Feature {
    /// What it switches, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Transcription => "Fetch what was said in a call from the provider, once the provider has it",
            Self::Sentiment => {
                "Estimate from the words of a call how it felt for the customer. English only, and an estimate"
            }
        }
    }

    /// Whether a tenant has it about which nobody said anything.
    pub const fn is_on_unless_said(self) -> bool {
        match self {
            Self::Transcription | Self::Sentiment => true,
        }
    }
}
