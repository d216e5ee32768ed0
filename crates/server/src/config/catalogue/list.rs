//! The list itself. The order here is the order in every generated file.

use super::{
    Guide::{CallInsight, DialpadCti, Original, Platform, Voxanne, Whatsapp},
    Mask::{UrlPassword, Whole},
    Preset::{Is, Made},
    Role::{LaterFeature, Replaced},
    Variable,
};

/// Declares each variable as a static of its own name, and all of them, in order, as [`ALL`].
macro_rules! variables {
    ($($section:literal { $($name:ident { $($field:ident: $value:expr),* $(,)? })* })*) => {
        $($(pub static $name: Variable =
            Variable { name: stringify!($name), section: $section, $($field: $value,)* ..Variable::BLANK };)*)*

        /// Every variable, in order of declaration.
        pub static ALL: &[&Variable] = &[$($(&$name,)*)*];
    };
}

const LATER_VAPI: Role = LaterFeature { feature: "the Vapi receptionist will read it" };
const LATER_META: Role = LaterFeature { feature: "the WhatsApp connection will read it" };
const LATER_GOOGLE: Role = LaterFeature { feature: "the Google Calendar connection will read it" };
const LATER_TWILIO: Role = LaterFeature { feature: "the Twilio connection will read it" };
const NO_SUPABASE: Role =
    Replaced { by: "users, row-level security and the database are Switchboard's own; set DATABASE_URL instead" };
const ONE_ORIGIN: Role = Replaced { by: "the dashboard is served by this server and finds it by itself" };
const POOL: Role = Replaced { by: "DB_MAX_CONNECTIONS sizes the pool; its time-outs are fixed" };

use super::Role;

variables! {
    "Where it listens" {
        PORT { preset: Is("4000"), guides: &[Voxanne, CallInsight, DialpadCti],
            help: "TCP port for everything: API, webhooks, sockets, dashboard. 0 takes any free port." }
        HOST { preset: Is("0.0.0.0"),
            help: "IP address to listen on. 127.0.0.1 keeps the server to this machine, :: listens on IPv6 as well." }
        WEBSOCKET_PORT { guides: &[Whatsapp],
            help: "A second port for Socket.IO and WebSocket. Without it they are on PORT only; there they always are." }
        CDR_TCP_PORT {
            help: "Port on which telephone systems may write call records over TCP, which has no password: from an address that a connection lists (its setting \"TCP from\") and no other. Without it there is none." }
    }
    "How the world reaches it" {
        BACKEND_URL { preset: Made("the hosting platform's address, or the one in DIALPAD_PROD_REDIRECT_URI, or http://localhost:PORT"),
            guides: &[Voxanne],
            help: "Public base URL of this server. Webhook addresses that are handed to providers start with it." }
        FRONTEND_URL { preset: Made("BACKEND_URL"), guides: &[Voxanne, Whatsapp],
            help: "Where people open the dashboard. Links in messages start with it, and its origin may call the API." }
        CORS_ORIGIN { guides: &[Voxanne],
            help: "Further web origins that may call the API from a browser, separated by commas; * lets any." }
        NODE_ENV { preset: Is("development"), guides: &[DialpadCti, Voxanne],
            help: "Name of the environment, as health answers show it. production turns on JSON logs and the production Dialpad client." }
        MAINTENANCE_MODE { preset: Is("false"), guides: &[Voxanne],
            help: "true answers 503 everywhere but /health and provider webhooks, which are still stored." }
        TRUSTED_PROXIES { preset: Is("private"),
            help: "Whose X-Forwarded-For is believed: addresses or networks separated by commas, private (any private or loopback address), or none." }
        RENDER_EXTERNAL_URL { guides: &[Platform], help: "Set by Render; used where BACKEND_URL is not set." }
        RAILWAY_PUBLIC_DOMAIN { guides: &[Platform], help: "Set by Railway; used where BACKEND_URL is not set." }
    }
    "Database" {
        DATABASE_URL { preset: Made("SQLite at DATA_DIR/switchboard.db"), mask: UrlPassword,
            guides: &[DialpadCti, Whatsapp, CallInsight],
            help: "postgresql://user:password@host:5432/name, or sqlite:///relative.db, or sqlite:////absolute.db." }
        DIRECT_URL { preset: Made("DATABASE_URL"), mask: UrlPassword, guides: &[Whatsapp],
            help: "PostgreSQL past the connection pooler, for migrations, LISTEN and locks." }
        DATA_DIR { preset: Is("./data"),
            help: "Folder for the embedded database, recordings, and secrets made at the first start. Keep it on a lasting disk." }
        DB_MAX_CONNECTIONS { preset: Is("10"), aliases: &["DB_MAX_CLIENTS"], guides: &[Original],
            help: "Most connections to PostgreSQL per node, and most readers on SQLite." }
        DB_HOST { preset: Made("localhost, where another DB_ variable is set"), guides: &[Original],
            help: "With DB_PORT, DB_USER, DB_PASSWORD, DB_NAME and DB_SSL: PostgreSQL in parts, where DATABASE_URL is not set." }
        DB_PORT { preset: Made("5432"), guides: &[Original], help: "See DB_HOST." }
        DB_USER { guides: &[Original], help: "See DB_HOST." }
        DB_PASSWORD { mask: Whole, guides: &[Original], help: "See DB_HOST." }
        DB_NAME { guides: &[Original], help: "See DB_HOST." }
        DB_SSL { guides: &[Original], help: "See DB_HOST: true, false, or a value of sslmode. Unset prefers TLS and works without." }
    }
    "Secrets" {
        INTERNAL_API_SECRET { preset: Made("made at the first start on SQLite and kept in DATA_DIR"), mask: Whole,
            guides: &[DialpadCti],
            help: "Bearer token of the /internal routes, 32 characters at least. It has power over every tenant." }
        ENCRYPTION_KEY { preset: Made("kept in DATA_DIR on SQLite; made from INTERNAL_API_SECRET or JWT_SECRET on PostgreSQL"),
            mask: Whole, guides: &[Voxanne],
            help: "Key that encrypts provider credentials: 64 hex digits (openssl rand -hex 32)." }
        ENCRYPTION_KEY_OLD { mask: Whole,
            help: "Former keys, separated by commas: still decrypt, until `switchboard keys rotate` has run." }
        JWT_SECRET { aliases: &["JWT_SECRET_KEY"], preset: Made("made from the encryption key"), mask: Whole,
            guides: &[Voxanne, Whatsapp, CallInsight], help: "Secret that signs the tokens of signed-in people." }
    }
    "Mail" {
        SMTP_URL { mask: UrlPassword,
            help: "Mail server in one: smtp://user:password@host:587, or smtps:// for TLS from the start. Not together with SMTP_HOST." }
        SMTP_HOST { help: "Mail server. Without it (and without SMTP_URL) mails are written to DATA_DIR/mail, and the log says where." }
        SMTP_PORT { preset: Made("465 with implicit TLS, else 587"), help: "Its port." }
        SMTP_USER { aliases: &["SMTP_USERNAME"], help: "User at the mail server; together with SMTP_PASSWORD." }
        SMTP_PASSWORD { aliases: &["SMTP_PASS"], mask: Whole, help: "Password of SMTP_USER." }
        SMTP_TLS { preset: Made("implicit on port 465, off for a server on this machine, else starttls"),
            help: "starttls, implicit or off. With starttls nothing is sent to a server that offers no TLS." }
        SMTP_FROM { preset: Made("Switchboard <no-reply@ the host of BACKEND_URL>"), aliases: &["MAIL_FROM"],
            help: "Whom mails come from: an address, or a name with the address in angle brackets." }
    }
    "Signing in elsewhere" {
        OIDC_ISSUER { help: "OpenID Connect provider that people may sign in at, as it writes its own name: https://accounts.google.com." }
        OIDC_CLIENT_ID { help: "Our client there. Its redirect address is BACKEND_URL/api/auth/callback." }
        OIDC_CLIENT_SECRET { mask: Whole, help: "Its secret; a public client has none and goes by PKCE alone." }
        OIDC_NAME { preset: Is("Single sign-on"), help: "What the button to it says." }
        OIDC_SIGNUP { preset: Is("false"),
            help: "true gives somebody who is unknown here a workspace of their own; false wants an invitation first." }
    }
    "Other providers" {
        VAPI_API_URL { preset: Is("https://api.vapi.ai"),
            help: "Base URL of Vapi's API; https://api.eu.vapi.ai for European accounts. Stand-ins come in here." }
        TWILIO_API_URL { preset: Is("https://api.twilio.com"), help: "Base URL of Twilio's API." }
        GRAPH_API_URL { preset: Is("https://graph.facebook.com"), help: "Base URL of Meta's Graph API, which WhatsApp is part of." }
        SLACK_HOOKS_URL { preset: Is("https://hooks.slack.com"),
            help: "Where Slack's incoming webhooks are; addresses of workspaces that lie elsewhere are refused. GovSlack has https://hooks.slack-gov.com." }
        OPENAI_API_URL { preset: Is("https://api.openai.com"),
            help: "Base URL of the OpenAI-compatible server that connections without an address of their own use, without /v1. It may be in this server's own network." }
        DEEPGRAM_API_URL { preset: Is("https://api.deepgram.com"), help: "Base URL of Deepgram's API; https://api.eu.deepgram.com keeps the sound in the European Union." }
        ASSEMBLYAI_API_URL { preset: Is("https://api.assemblyai.com"),
            help: "Base URL of AssemblyAI's API; https://api.eu.assemblyai.com keeps the sound in the European Union." }
    }
    "Dialpad" {
        DIALPAD_API_KEY { mask: Whole, guides: &[DialpadCti],
            help: "Company API key, for connections without credentials of their own that you make, or lend it to." }
        DIALPAD_WEBHOOK_SECRET { mask: Whole, guides: &[DialpadCti],
            help: "Secret that Dialpad signs with when a webhook of such a connection is created without one, or was made by hand." }
        DIALPAD_API_URL { preset: Made("https://dialpad.com, or https://sandbox.dialpad.com with the sandbox client"),
            help: "Base URL of Dialpad's API. Stand-ins and proxies come in here." }
        DIALPAD_CLIENT_ID { help: "OAuth client, whatever the environment." }
        DIALPAD_CLIENT_SECRET { mask: Whole, help: "Secret of DIALPAD_CLIENT_ID." }
        DIALPAD_PROD_CLIENT_ID { guides: &[Original], help: "OAuth client, used when NODE_ENV is production." }
        DIALPAD_PROD_CLIENT_SECRET { mask: Whole, guides: &[Original], help: "Secret of DIALPAD_PROD_CLIENT_ID." }
        DIALPAD_PROD_REDIRECT_URI { preset: Made("BACKEND_URL/auth/dialpad/callback"), guides: &[DialpadCti],
            help: "This server's domain, or the whole callback URL: both the OAuth redirect and the webhook base come from it." }
        DIALPAD_PROD_BASE_URL { guides: &[Original], help: "DIALPAD_API_URL, used when NODE_ENV is production." }
        DIALPAD_SANDBOX_CLIENT_ID { guides: &[Original], help: "OAuth client, used when NODE_ENV is not production." }
        DIALPAD_SANDBOX_CLIENT_SECRET { mask: Whole, guides: &[Original], help: "Secret of DIALPAD_SANDBOX_CLIENT_ID." }
        DIALPAD_SANDBOX_REDIRECT_URI { preset: Made("BACKEND_URL/auth/dialpad/callback"), guides: &[Original],
            help: "As DIALPAD_PROD_REDIRECT_URI, used when NODE_ENV is not production." }
        DIALPAD_SANDBOX_BASE_URL { guides: &[Original], help: "DIALPAD_API_URL, used when NODE_ENV is not production." }
        DIALPAD_SCOPES { preset: Is("calls:list recordings_export message_content_export:all offline_access"),
            guides: &[Original], help: "What OAuth asks for, separated by spaces." }
    }
    "Recordings and media" {
        MEDIA_DIR { preset: Made("DATA_DIR/media"), aliases: &["RECORDING_DIR"], guides: &[CallInsight],
            help: "Folder for recordings and media. Not together with MEDIA_BUCKET." }
        MEDIA_BUCKET { aliases: &["S3_BUCKET"],
            help: "S3-compatible bucket for recordings and media; needed with more than one node." }
        S3_REGION { preset: Is("us-east-1"), aliases: &["AWS_REGION"], help: "Region of the bucket." }
        S3_ENDPOINT { help: "Address of a store other than Amazon's." }
        S3_ACCESS_KEY_ID { aliases: &["AWS_ACCESS_KEY_ID"], preset: Made("the machine's own role"),
            help: "Access key of the bucket." }
        S3_SECRET_ACCESS_KEY { aliases: &["AWS_SECRET_ACCESS_KEY"], mask: Whole, help: "Secret of S3_ACCESS_KEY_ID." }
        MEDIA_ENCRYPTION_KEY { mask: Whole,
            help: "64 hex digits (openssl rand -hex 32): recordings that are stored from now on are encrypted with it, AES-256-GCM. Without it they are kept as they are." }
        MEDIA_ENCRYPTION_KEY_OLD { mask: Whole,
            help: "Former ones, separated by commas: what they encrypted stays readable. Keep them as long as such files are there." }
        RECORDINGS_FETCH { preset: Is("on"),
            help: "on copies recordings from the provider into our own store; off leaves only the provider's links." }
    }
    "Limits" {
        BODY_LIMIT { preset: Is("3MB"),
            help: "Largest delivery of a provider: bytes, or a number with KB or MB. Larger ones get 413. Other limits: docs/limits.md." }
        INTAKE_QUEUE_ROWS { preset: Is("4096"),
            help: "Most events that wait to be committed. Beyond it providers get 503 and try again." }
        INTAKE_QUEUE_BYTES { preset: Is("64MB"), help: "Most bytes of events that wait to be committed." }
        RATE_LIMIT_ADDRESS { preset: Is("1200/m"),
            help: "Requests of one address (an IPv6 /64) to the API, counted before anybody is asked who they are: a number and /s, /m, /h or /d, or off." }
        RATE_LIMIT_AUTH { preset: Is("60/m"), help: "Attempts of one address to sign in, refresh or reset; see RATE_LIMIT_ADDRESS." }
        RATE_LIMIT_SIGNUP { preset: Is("5/m"), guides: &[Original], help: "Signups of one address." }
        RATE_LIMIT_KEY { preset: Is("300/m"), guides: &[Original],
            help: "Requests of one API key without a limit of its own, or of one person." }
        RATE_LIMIT_TENANT { preset: Is("5000/h"), guides: &[Original],
            help: "Requests of one tenant altogether, where its plan says nothing. off counts none of them, whatever the plan." }
        REDIS_URL { mask: UrlPassword, guides: &[Voxanne],
            help: "Redis, where all nodes count these limits together: redis://user:password@host:6379/0, rediss:// for TLS. While it is away each node counts for itself." }
        OUTBOUND_ALLOW {
            help: "Private networks that addresses typed by tenants may lead to, such as a telephone system's: 10.20.0.0/16, separated by commas. All others are refused." }
    }
    "Trying things out" {
        SANDBOX_PORT { preset: Is("4001"),
            help: "Port of the providers' stand-ins (`serve --sandbox`), on loopback only." }
        SANDBOX_PACE { preset: Is("2500"),
            help: "Milliseconds from one event to the next of a call that the dashboard plays live (`serve --sandbox`)." }
    }
    "Logs" {
        LOG_LEVEL { preset: Is("info"), guides: &[Original],
            help: "error, warn, info, http, verbose, debug or silly; or a filter such as info,switchboard_store=debug." }
        JSON_LOGS { preset: Made("true when NODE_ENV is production"), guides: &[Original],
            help: "true writes one JSON object per line, false writes text." }
    }
    "Features to come" {
        VAPI_PRIVATE_KEY { mask: Whole, guides: &[Voxanne], role: LATER_VAPI, help: "Vapi's private API key." }
        VAPI_PUBLIC_KEY { guides: &[Voxanne], role: LATER_VAPI, help: "Vapi's public key." }
        VAPI_WEBHOOK_SECRET { mask: Whole, guides: &[Original], role: LATER_VAPI, help: "Secret of Vapi's webhooks." }
        GOOGLE_CLIENT_ID { guides: &[Voxanne], role: LATER_GOOGLE, help: "Google OAuth client." }
        GOOGLE_CLIENT_SECRET { mask: Whole, guides: &[Voxanne], role: LATER_GOOGLE, help: "Its secret." }
        GOOGLE_REDIRECT_URI { guides: &[Voxanne], role: LATER_GOOGLE, help: "Its redirect." }
        TWILIO_ACCOUNT_SID { guides: &[Voxanne], role: LATER_TWILIO, help: "Fallback Twilio account." }
        TWILIO_AUTH_TOKEN { mask: Whole, guides: &[Voxanne], role: LATER_TWILIO, help: "Its token." }
        META_WEBHOOK_VERIFY_TOKEN { mask: Whole, aliases: &["META_VERIFY_TOKEN", "WHATSAPP_VERIFY_TOKEN", "VERIFY_TOKEN"],
            guides: &[Whatsapp], role: LATER_META, help: "Verify token of the Meta webhook." }
        META_GRAPH_API_VERSION { guides: &[Original], role: LATER_META, help: "Version of Meta's Graph API." }
    }
    "Settings of the guides that have no place here" {
        SUPABASE_URL { guides: &[Voxanne], role: NO_SUPABASE, help: "Supabase project." }
        SUPABASE_SERVICE_ROLE_KEY { mask: Whole, guides: &[Voxanne], role: NO_SUPABASE, help: "Supabase service key." }
        SUPABASE_ANON_KEY { mask: Whole, guides: &[Voxanne], role: NO_SUPABASE, help: "Supabase public key." }
        NEXT_PUBLIC_SUPABASE_URL { guides: &[Voxanne], role: NO_SUPABASE, help: "Supabase project, for the browser." }
        NEXT_PUBLIC_SUPABASE_ANON_KEY { guides: &[Voxanne], role: NO_SUPABASE, help: "Supabase public key, for the browser." }
        NEXT_PUBLIC_BACKEND_URL { guides: &[Voxanne], role: ONE_ORIGIN, help: "The API, for the browser." }
        NEXT_PUBLIC_APP_URL { guides: &[Original], role: ONE_ORIGIN, help: "The dashboard, for the browser." }
        NEXT_PUBLIC_WEBHOOK_WS_URL { guides: &[Whatsapp], role: ONE_ORIGIN, help: "Socket.IO, for the browser." }
        NEXT_PUBLIC_ENVIRONMENT { guides: &[Voxanne], role: Replaced { by: "the dashboard asks the server; NODE_ENV names the environment" },
            help: "The environment, for the browser." }
        SENTRY_DSN { guides: &[Voxanne], role: Replaced { by: "errors go to the log (JSON_LOGS=true for collectors) and to /metrics" },
            mask: Whole, help: "Sentry project." }
        DEBUG { guides: &[CallInsight], role: Replaced { by: "LOG_LEVEL=debug shows more; errors never show their insides to clients" },
            help: "Flask's debug mode." }
        SLACK_WEBHOOK_URL { mask: Whole, guides: &[Voxanne],
            role: Replaced { by: "make a connection of the kind slack with it, and choose that in a notification rule" },
            help: "Slack incoming webhook for alerts." }
        SLACK_BOT_TOKEN { mask: Whole, guides: &[Original],
            role: Replaced { by: "Slack posts through an incoming webhook, see docs/notifications.md" },
            help: "Slack bot token for alerts." }
        SESSION_SECRET { mask: Whole, guides: &[Original], role: Replaced { by: "the OAuth state is a one-time row in the database" },
            help: "Secret of the session cookie." }
        CSRF_SECRET { mask: Whole, guides: &[Original],
            role: Replaced { by: "tokens against cross-site requests are signed with a key made from the encryption key" },
            help: "Secret of CSRF tokens." }
        DIALPAD_WEBHOOK_SIGNATURE_HEADER { guides: &[Original], role: Replaced { by: "Dialpad sends no signature header; its whole body is a signed token" },
            help: "Name of a signature header." }
        DIALPAD_APP_KEY_HEADER { guides: &[Original], role: Replaced { by: "API keys are read from x-app-api-key" },
            help: "Name of the API-key header." }
        DB_IDLE_TIMEOUT { guides: &[Original], role: POOL, help: "Idle time-out of the pool." }
        DB_CONN_TIMEOUT { guides: &[Original], role: POOL, help: "Connect time-out of the pool." }
    }
}
