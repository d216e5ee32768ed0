//! Enums that are kept, sent and read as one lower-case word.

/// Declares an enum whose members have a fixed text form, used in JSON, in both databases and in query strings alike, so
/// that the three can never disagree.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant,)* }

        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::unknown_variant(&text, &[$($text,)*]))
            }
        }

        #[cfg(feature = "sqlx")]
        const _: () = {
            use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

            impl<DB: Database> Type<DB> for $name where str: Type<DB> {
                fn type_info() -> DB::TypeInfo { <str as Type<DB>>::type_info() }
                fn compatible(ty: &DB::TypeInfo) -> bool { <str as Type<DB>>::compatible(ty) }
            }

            impl<'q, DB: Database> Encode<'q, DB> for $name where &'q str: Encode<'q, DB> {
                fn encode_by_ref(&self, buf: &mut <DB as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                    let text: &'q str = self.as_str();
                    <&'q str as Encode<'q, DB>>::encode(text, buf)
                }
            }

            impl<'r, DB: Database> Decode<'r, DB> for $name where &'r str: Decode<'r, DB> {
                fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                    let text = <&'r str as Decode<'r, DB>>::decode(value)?;
                    Self::parse(text).ok_or_else(|| format!("`{text}` is no {}", stringify!($name)).into())
                }
            }
        };
    };
}
