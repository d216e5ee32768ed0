//! Every call that we make to Dialpad, with the limit that Dialpad sets for it and with what happens if it is made
//! twice. The paths and numbers are those of Dialpad's own OpenAPI file; a test compares them.

use reqwest::Method;

use crate::{outbound::Effect, pace::RateClass};

/// One route of Dialpad's API.
#[derive(Debug, Clone)]
pub struct Operation {
    pub name: &'static str,
    pub method: Method,
    /// Parameters stand in braces.
    pub path: &'static str,
    pub rate: RateClass,
    pub effect: Effect,
}

/// The limit over all routes: 20 requests per second and company (Dialpad's page on rate limits).
pub const COMPANY: RateClass = RateClass::per_second("dialpad.company", 20);
/// What most routes have.
const DEFAULT: RateClass = RateClass::per_minute("dialpad.default", 1_200);

macro_rules! operations {
    ($($(#[$doc:meta])* $constant:ident = $name:literal $method:ident $path:literal, $rate:expr, $effect:ident;)*) => {
        $($(#[$doc])*
        pub const $constant: Operation = Operation {
            name: $name, method: Method::$method, path: $path, rate: $rate, effect: Effect::$effect,
        };)*

        /// All of them, for the tests and the docs.
        pub const ALL: &[Operation] = &[$($constant),*];
    };
}

operations! {
    LIST_WEBHOOKS = "list webhooks" GET "/api/v2/webhooks", DEFAULT, Idempotent;
    GET_WEBHOOK = "get webhook" GET "/api/v2/webhooks/{id}", DEFAULT, Idempotent;
    /// After an uncertain end, the list is searched for the address.
    CREATE_WEBHOOK = "create webhook" POST "/api/v2/webhooks",
        RateClass::per_minute("dialpad.webhooks.create", 100), Queryable;
    UPDATE_WEBHOOK = "update webhook" PATCH "/api/v2/webhooks/{id}", DEFAULT, Idempotent;
    DELETE_WEBHOOK = "delete webhook" DELETE "/api/v2/webhooks/{id}", DEFAULT, Idempotent;

    LIST_SUBSCRIPTIONS = "list subscriptions" GET "/api/v2/subscriptions/{kind}", DEFAULT, Idempotent;
    GET_SUBSCRIPTION = "get subscription" GET "/api/v2/subscriptions/{kind}/{id}", DEFAULT, Idempotent;
    /// After an uncertain end, the list is searched for one of our webhook.
    CREATE_SUBSCRIPTION = "create subscription" POST "/api/v2/subscriptions/{kind}", DEFAULT, Queryable;
    UPDATE_SUBSCRIPTION = "update subscription" PATCH "/api/v2/subscriptions/{kind}/{id}", DEFAULT, Idempotent;
    DELETE_SUBSCRIPTION = "delete subscription" DELETE "/api/v2/subscriptions/{kind}/{id}", DEFAULT, Idempotent;

    LIST_CALLS = "list calls" GET "/api/v2/call", DEFAULT, Idempotent;
    GET_CALL = "get call" GET "/api/v2/call/{id}", RateClass::per_minute("dialpad.call.get", 10), Idempotent;
    /// The call log lists a call only once it is over, so nobody can tell whether the phone rings.
    RING_CALL = "start call" POST "/api/v2/call", RateClass::per_minute("dialpad.call.ring", 5), Neither;
    INITIATE_CALL = "initiate call" POST "/api/v2/users/{id}/initiate_call",
        RateClass::per_minute("dialpad.call.initiate", 5), Neither;
    HANG_UP = "hang up" PUT "/api/v2/call/{id}/actions/hangup", DEFAULT, Idempotent;
    TRANSFER_CALL = "transfer call" POST "/api/v2/call/{id}/transfer", DEFAULT, Neither;
    SET_LABELS = "set labels" PUT "/api/v2/call/{id}/labels",
        RateClass::per_minute("dialpad.call.labels", 250), Idempotent;
    ADD_PARTICIPANT = "add participant" POST "/api/v2/call/{id}/participants/add", DEFAULT, Neither;
    UNPARK_CALL = "unpark call" POST "/api/v2/call/{id}/unpark", DEFAULT, Neither;
    SET_RECORDING = "switch recording" PATCH "/api/v2/users/{id}/activecall", DEFAULT, Idempotent;
    SET_AI = "switch call intelligence" PATCH "/api/v2/users/{id}/togglevi", DEFAULT, Idempotent;
    SET_DO_NOT_DISTURB = "switch do not disturb" PATCH "/api/v2/users/{id}/togglednd", DEFAULT, Idempotent;
    /// Dialpad refuses a second call-back of one number at one call centre.
    REQUEST_CALLBACK = "request call-back" POST "/api/v2/callback", DEFAULT, Idempotent;
    VALIDATE_CALLBACK = "validate call-back" POST "/api/v2/callback/validate", DEFAULT, Idempotent;
    GET_TRANSCRIPT = "get transcript" GET "/api/v2/transcripts/{call_id}", DEFAULT, Idempotent;
    GET_TRANSCRIPT_URL = "get transcript url" GET "/api/v2/transcripts/{call_id}/url", DEFAULT, Idempotent;
    /// A second link to the same recording harms nobody.
    SHARE_RECORDING = "share recording" POST "/api/v2/recordingsharelink",
        RateClass::per_minute("dialpad.recordingsharelink", 100), Idempotent;
    SHARE_CALL_REVIEW = "share call review" POST "/api/v2/callreviewsharelink",
        RateClass::per_minute("dialpad.callreviewsharelink", 250), Idempotent;

    /// Dialpad has no list of messages and takes no key of ours. The limit is that of tier 0; tier 1 has 800.
    SEND_MESSAGE = "send message" POST "/api/v2/sms", RateClass::per_minute("dialpad.sms", 100), Neither;

    /// The same question asked twice is one computation (`already_started`).
    START_STATS = "start statistics" POST "/api/v2/stats", RateClass::per_hour("dialpad.stats", 200), Idempotent;
    GET_STATS = "get statistics" GET "/api/v2/stats/{id}", DEFAULT, Idempotent;
    LIST_USERS = "list users" GET "/api/v2/users", DEFAULT, Idempotent;
    GET_USER = "get user" GET "/api/v2/users/{id}", DEFAULT, Idempotent;
    LIST_OFFICES = "list offices" GET "/api/v2/offices", DEFAULT, Idempotent;
    LIST_CALL_CENTERS = "list call centers" GET "/api/v2/callcenters", DEFAULT, Idempotent;
    LIST_CONTACTS = "list contacts" GET "/api/v2/contacts", DEFAULT, Idempotent;
    GET_COMPANY = "get company" GET "/api/v2/company", DEFAULT, Idempotent;
    LIST_SMS_OPT_OUTS = "list opt-outs" GET "/api/v2/company/{id}/smsoptout",
        RateClass::per_minute("dialpad.smsoptout", 250), Idempotent;
    SCREEN_POP = "screen pop" POST "/api/v2/users/{id}/screenpop",
        RateClass::per_minute("dialpad.screenpop", 5), Neither;
}
