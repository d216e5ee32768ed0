//! How often somebody may ask, where that is counted, and where tenants may send us.

use std::{net::IpAddr, time::Duration};

use ipnet::IpNet;
use switchboard_app::limits::{Quota, RedisUrl};
use switchboard_providers::Allowed;

use super::{
    catalogue::{
        OUTBOUND_ALLOW, RATE_LIMIT_ADDRESS, RATE_LIMIT_AUTH, RATE_LIMIT_KEY, RATE_LIMIT_SIGNUP, RATE_LIMIT_TENANT,
        REDIS_URL,
    },
    fault::Wrong,
    reader::Reader,
};

/// A limit that is `None` is off.
#[derive(Debug, Clone)]
pub struct RateSettings {
    /// `RATE_LIMIT_ADDRESS`, default 1200 a minute: an office behind one address, all of whose people are at work.
    pub address: Option<Quota>,
    /// `RATE_LIMIT_AUTH`, default 60 a minute: the same office in the morning. What slows guessing down is counted per
    /// account as well.
    pub auth: Option<Quota>,
    /// `RATE_LIMIT_SIGNUP`, default 5 a minute, as the voxanne original has it.
    pub signup: Option<Quota>,
    /// `RATE_LIMIT_TENANT`, default 5000 an hour, what the voxanne original gives those who pay. A plan's own number wins.
    pub tenant: Option<Quota>,
    /// `RATE_LIMIT_KEY`, default 300 a minute, as the Dialpad CTI original has it. A key's own number wins.
    pub caller: Option<Quota>,
    /// `REDIS_URL`: all nodes count together there.
    pub redis: Option<RedisUrl>,
    /// `OUTBOUND_ALLOW`, default none.
    pub outbound_allow: Allowed,
}

impl RateSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let address = reader.parse(&RATE_LIMIT_ADDRESS, rate);
        let auth = reader.parse(&RATE_LIMIT_AUTH, rate);
        let signup = reader.parse(&RATE_LIMIT_SIGNUP, rate);
        let tenant = reader.parse(&RATE_LIMIT_TENANT, rate);
        let caller = reader.parse(&RATE_LIMIT_KEY, rate);
        // Whoever writes it wrongly must not get a server that silently counts alone.
        let redis = reader.parse(&REDIS_URL, redis_url);
        let outbound_allow = reader.parse(&OUTBOUND_ALLOW, networks).unwrap_or_default();
        Some(Self {
            address: address?,
            auth: auth?,
            signup: signup?,
            tenant: tenant?,
            caller: caller?,
            redis,
            outbound_allow,
        })
    }
}

/// `300/m`, `5000/h`, `20/s`, `off`.
fn rate(text: &str) -> Result<Option<Quota>, Wrong> {
    const MOST: u32 = 100_000_000;
    let lower = text.trim().to_ascii_lowercase();
    if matches!(lower.as_str(), "off" | "none" | "unlimited") {
        return Ok(None);
    }
    let wrong = || Wrong::value(text, "a rate", "write a number and a unit, such as 300/m, 5000/h or 20/s, or off");
    let (count, unit) = lower.split_once('/').ok_or_else(wrong)?;
    let count = count.trim().parse().ok().filter(|count| (1..=MOST).contains(count)).ok_or_else(wrong)?;
    let window = match unit.trim() {
        "s" | "sec" | "second" => Duration::from_secs(1),
        "m" | "min" | "minute" => Duration::from_mins(1),
        "h" | "hour" => Duration::from_hours(1),
        "d" | "day" => Duration::from_hours(24),
        _ => return Err(wrong()),
    };
    Ok(Some(Quota::new(count, window)))
}

/// The value may hold a password, so it is not repeated.
fn redis_url(text: &str) -> Result<RedisUrl, Wrong> {
    let right = "write redis://user:password@host:6379/0, or rediss:// for TLS";
    RedisUrl::parse(text).map_err(|_| Wrong::new("it is not the URL of a Redis", right))
}

fn networks(text: &str) -> Result<Allowed, Wrong> {
    let one = |entry: &str| {
        let network = entry.parse::<IpNet>().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
        network.map_err(|_| {
            Wrong::value(entry, "an address or network", "write networks such as 10.20.0.0/16, separated by commas")
        })
    };
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(one);
    entries.collect::<Result<Vec<_>, _>>().map(Allowed::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_numbers_with_a_unit() {
        assert_eq!(rate("300/m"), Ok(Some(Quota::per_minute(300))));
        assert_eq!(rate(" 5000 / hour"), Ok(Some(Quota::per_hour(5_000))));
        assert_eq!(rate("20/S"), Ok(Some(Quota::new(20, Duration::from_secs(1)))));
        assert_eq!(rate("off"), Ok(None));
        for wrong in ["", "300", "/m", "0/m", "-1/m", "1.5/m", "300/x", "99999999999/m"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_redis_url_is_refused_without_being_shown() {
        for right in ["redis://h", "redis://:secret@h:6380/2?protocol=resp3", "rediss://u:p@h", "unix:///run/r.sock"] {
            assert!(redis_url(right).is_ok(), "{right}");
        }
        for wrong in ["h:6379", "http://u:secret@h", "redis://u:secret@h:port", "redis://h/x"] {
            let fault = redis_url(wrong).unwrap_err();
            assert!(!fault.wrong.contains("secret"), "{wrong}");
        }
    }

    #[test]
    fn networks_are_listed() {
        let allowed = networks("10.1.0.0/16, fd00::7").unwrap();
        assert!(allowed.permits("10.1.2.3".parse().unwrap()) && allowed.permits("fd00::7".parse().unwrap()));
        assert!(!allowed.permits("10.2.2.3".parse().unwrap()));
        assert!(networks("office").is_err());
    }
}
