//! Lists as CSV files: the whole of a list, with its filters, written page by page while it is read. However long it is, no
//! more than a page of it is in memory, and no transaction stays open between two pages.

use std::{future::Future, sync::Arc};

use axum::{
    body::Body,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use switchboard_app::{
    App,
    audit::{self, Entry, Origin},
    csv,
};
use switchboard_domain::{audit::Action, view::Noun};
use switchboard_store::{
    Conn, StoreError, TenantScope,
    page::{Page, Window},
};

use crate::{extract::query::MAX_LIMIT, problem::Problem, state::Web};

/// A record that is written into a file.
pub trait Exported: Sized + Send + 'static {
    type Filter: Send + Sync + 'static;
    const NOUN: Noun;
    /// The first line: what the API calls each column.
    const HEAD: &'static [&'static str];

    fn page(
        conn: &mut Conn<'_>,
        scope: TenantScope,
        filter: &Self::Filter,
        window: Window,
    ) -> impl Future<Output = Result<Page<Self>, StoreError>> + Send;

    /// One cell for each column.
    fn cells(self) -> Vec<String>;
}

/// Filters whose values are about somebody. The audit log keeps that they were used, and nothing of them.
const PERSONAL: [&str; 9] =
    ["q", "search", "from_number", "to_number", "number", "own_number", "phone", "contact_id", "tag"];

/// Writes down that a list is taken out, and begins to send it. How long it will be, nobody knows yet: what is written down
/// is which list, by which filters.
pub async fn file<R: Exported>(
    web: &Web,
    scope: TenantScope,
    by: &Origin,
    asked: &[(String, String)],
    filter: R::Filter,
) -> Result<Response, Problem> {
    let shown = |(name, value): &(String, String)| {
        let value = if PERSONAL.contains(&name.as_str()) { "…" } else { value.as_str() };
        (name.clone(), value.chars().take(200).collect::<String>().into())
    };
    let filters: serde_json::Map<String, serde_json::Value> = asked.iter().map(shown).collect();
    let entry = Entry::new(by, Action::RecordsExported).with("noun", R::NOUN.as_str());
    audit::record_alone(&web.app, scope, entry.with("format", "csv").with("filters", filters)).await?;
    let disposition = format!("attachment; filename=\"{}.csv\"", R::NOUN);
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((head, Body::from_stream(lines::<R>(Arc::clone(&web.app), scope, filter))).into_response())
}

/// Page after page. One that cannot be read breaks the download off, so that nobody takes it for whole.
fn lines<R: Exported>(
    app: Arc<App>,
    scope: TenantScope,
    filter: R::Filter,
) -> impl Stream<Item = Result<Bytes, StoreError>> {
    // Spreadsheets take a file without this mark for one in the alphabet of their country.
    let head = Bytes::from(format!("\u{feff}{}", csv::line(R::HEAD)));
    let filter = Arc::new(filter);
    let pages = stream::try_unfold(Some(None), move |at| {
        let (app, filter) = (Arc::clone(&app), Arc::clone(&filter));
        async move {
            let Some(cursor) = at else { return Ok(None) };
            let window = Window::After { cursor, limit: MAX_LIMIT };
            let page = R::page(&mut app.db.read(scope).await?.conn(), scope, &filter, window).await?;
            let text: String = page.items.into_iter().map(|row| csv::line(&row.cells())).collect();
            Ok(Some((Bytes::from(text), page.next.map(Some))))
        }
    });
    stream::iter([Ok(head)]).chain(pages)
}

/// A cell of what may not be known.
pub fn maybe<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
