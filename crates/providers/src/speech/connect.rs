//! What connections to speech services need.

use crate::connect::{ConnectSpec, Field, FieldKind, Shape};

pub static OPENAI: ConnectSpec = ConnectSpec {
    purpose: "Writes recordings down, and reads transcripts for summaries and scores. One server can do both; a half without a model is off. Calls are not taken in from there.",
    fields: &[
        Field {
            name: "base_url",
            label: "Address",
            help: "Where the server is, such as https://api.openai.com or http://10.0.0.5:8000. Leave it out for OpenAI itself. A server in your own network must be allowed by the operator (OUTBOUND_ALLOW).",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "api_key",
            label: "API key",
            help: "From platform.openai.com under API keys. Leave it out for a server of your own that asks for none.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "transcription_model",
            label: "Transcription model",
            help: "The model that writes recordings down: whisper-1 at OpenAI, Systran/faster-whisper-small at speaches. Leave it out if this server should not.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "chat_model",
            label: "Chat model",
            help: "The model that reads transcripts for summaries, topics and scorecards, such as gpt-4o-mini. Leave it out if this server should not.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
    ],
    steps: &[
        "For OpenAI: sign in at platform.openai.com, open API keys and make one for this workspace.",
        "For a server of your own (speaches, whisper.cpp, vLLM, Ollama, LocalAI): start it, and write its address without /v1.",
        "Enter the models: one that writes recordings down, one that reads transcripts, or both.",
        "Check the connection here: it asks the server for its models, which costs nothing.",
    ],
};

pub static DEEPGRAM: ConnectSpec = ConnectSpec {
    purpose: "Writes recordings down, each side of a call by itself where the recording has two channels. Calls are not taken in from there.",
    fields: &[
        Field {
            name: "api_key",
            label: "API key",
            help: "From console.deepgram.com under API Keys; the role Member is enough.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: true,
        },
        Field {
            name: "model",
            label: "Model",
            help: "The model that listens. Leave it out for nova-3; nova-2-phonecall was made for telephone lines.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "callback",
            label: "Answer by callback",
            help: "true: Deepgram calls this server when it is done, which suits very long recordings and needs an address that it can reach. Otherwise this server waits for the answer.",
            kind: FieldKind::Setting,
            shape: Shape::Flag,
            required: false,
        },
    ],
    steps: &[
        "Sign in at console.deepgram.com and choose the project that should pay.",
        "Open API Keys, press Create a New API Key and give it the role Member.",
        "Copy the key: it is shown once.",
        "Check the connection here: it says which project the key belongs to.",
    ],
};

pub static ASSEMBLYAI: ConnectSpec = ConnectSpec {
    purpose: "Writes recordings down, each side of a call by itself where the recording has two channels. Calls are not taken in from there.",
    fields: &[
        Field {
            name: "api_key",
            label: "API key",
            help: "From www.assemblyai.com/dashboard under API Keys.",
            kind: FieldKind::Credential,
            shape: Shape::Text,
            required: true,
        },
        Field {
            name: "model",
            label: "Model",
            help: "The model that listens. Leave it out for universal.",
            kind: FieldKind::Setting,
            shape: Shape::Text,
            required: false,
        },
        Field {
            name: "callback",
            label: "Tell by callback",
            help: "true: AssemblyAI tells this server when it is done, which needs an address that it can reach. Otherwise this server asks now and then.",
            kind: FieldKind::Setting,
            shape: Shape::Flag,
            required: false,
        },
    ],
    steps: &[
        "Sign in at www.assemblyai.com/dashboard and open API Keys.",
        "Copy the key of the project that should pay.",
        "Check the connection here: it says whether the key is accepted.",
    ],
};
