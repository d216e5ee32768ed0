//! The words of closed lists, as the API's description shows them.

use switchboard_domain::{
    call::{CallOutcome, Direction},
    silence::Health,
};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

fn words(all: impl IntoIterator<Item = &'static str>) -> Object {
    let words: Vec<String> = all.into_iter().map(str::to_owned).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

macro_rules! word_schemas {
    ($($name:ident = $of:ty;)*) => {$(
        pub fn $name() -> Object {
            words(<$of>::ALL.iter().map(|word| word.as_str()))
        }
    )*};
}

word_schemas! {
    direction = Direction;
    call_outcome = CallOutcome;
    health_state = Health;
    source = super::Source;
    step = super::Step;
    against = super::Against;
    exit = super::Exit;
    measure = super::Measure;
    unit = super::Unit;
    oddity = super::Oddity;
}
