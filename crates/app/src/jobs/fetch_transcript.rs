//! Fetches what was said in a call, once the provider says that it can be had.
//!
//! May run twice: it only reads from the provider, and the log holds the same answer once.

use serde::{Deserialize, Serialize};
use switchboard_domain::{connection::ConnectionStatus, feature::Feature};
use switchboard_providers::dialpad::{self, Dialpad};
use switchboard_store::{record, transcripts::KeptTranscript};
use uuid::Uuid;

use super::{Context, Failure, Job, Kind};
use crate::{
    connections::{self, ConnectionsError},
    features, intake,
};

/// See the module.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FetchTranscript {
    pub id: Uuid,
}

impl Job for FetchTranscript {
    const KIND: Kind = Kind::FetchTranscript;

    fn lane(&self) -> String {
        format!("fetch_transcript:{}", self.id)
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.lane())
    }

    async fn run(&self, context: &Context<'_>) -> Result<(), Failure> {
        let (app, scope) = (context.app, context.scope);
        if !features::effective(app, scope).await?.is_on(Feature::Transcription) {
            return Ok(());
        }
        let mut reader = app.db.read(scope).await?;
        let kept: Option<KeptTranscript> = record::lookup(&mut reader.conn(), scope, self.id).await?;
        drop(reader);
        let Some(transcript) = kept.map(|kept| kept.record).filter(|held| !held.is_complete) else { return Ok(()) };
        let connection = match connections::find(app, scope, transcript.connection_id).await {
            Ok(connection) if connection.status != ConnectionStatus::Disabled => connection,
            Ok(_) | Err(ConnectionsError::NotFound) => return Ok(()),
            Err(error) => return Err(Failure::of(&error)),
        };
        let client = connections::dialpad_client(app, scope, &connection).await.map_err(|error| Failure::of(&error))?;
        let outcome = client.transcript(&transcript.leg_external_id).await;
        connections::note_outcome(app, scope, connection.id, outcome.as_ref().map(drop)).await?;
        let body = outcome?;
        if !has_lines(&body) {
            return Err(Failure::retry("the provider has no lines of this transcript yet"));
        }
        let item = dialpad::pulled_transcript(&body);
        intake::append_pulled(app, scope.tenant(), connection.id, &Dialpad, vec![item])
            .await
            .map_err(|refused| Failure::of_refused(&refused))?;
        Ok(())
    }
}

/// An answer without lines is how Dialpad says "none, or not yet".
fn has_lines(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Lines {
        #[serde(default)]
        lines: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_slice::<Lines>(body).is_ok_and(|answer| !answer.lines.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_lines_is_no_transcript() {
        assert!(!has_lines(br#"{"call_id":"1"}"#));
        assert!(!has_lines(br#"{"call_id":"1","lines":[]}"#));
        assert!(has_lines(br#"{"call_id":"1","lines":[{"type":"transcript"}]}"#));
    }
}
