//! Days of calls at a device, for a first look and for something to be pulled.

use std::sync::{Arc, atomic::Ordering};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{
    control::UcmError,
    device::Device,
    scenario::{PlayUcm, UcmScenario, default_user},
};

const MOST_CALLS: u32 = 20_000;
const MOST_DAYS: u32 = 400;
const OPEN: u64 = 8;
const HOURS_OPEN: u64 = 10;

/// A past.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UcmHistory {
    #[serde(default = "default_user")]
    pub user: String,
    pub days: u32,
    pub calls: u32,
    /// Only written down, to be pulled.
    #[serde(default)]
    pub unreported: bool,
}

/// Lives through it: calls in working hours, fewer at the weekend, in the order of their ends.
pub(super) fn live(
    device: &Arc<Device>,
    asked: &UcmHistory,
    now_ms: i64,
    mut told: impl FnMut(&PlayUcm, i64),
) -> Result<(), UcmError> {
    if !(1..=MOST_DAYS).contains(&asked.days) || !(1..=MOST_CALLS).contains(&asked.calls) {
        return Err(UcmError::TooLong { most_calls: MOST_CALLS, most_days: MOST_DAYS });
    }
    if device.is_telling.swap(true, Ordering::AcqRel) {
        return Err(UcmError::Busy);
    }
    let zone = device.zone();
    let mut ends: Vec<i64> = (0..asked.calls).map(|_| moment(device, asked.days, now_ms, &zone)).collect();
    ends.sort_unstable();
    for end in ends {
        let usual = UcmScenario::USUAL;
        let scenario = usual[usize::try_from(device.dice.below(usual.len() as u64)).unwrap_or(0)];
        told(&PlayUcm { user: asked.user.clone(), ..PlayUcm::new(scenario) }, end);
    }
    device.is_telling.store(false, Ordering::Release);
    Ok(())
}

/// A moment of a working day, before now.
fn moment(device: &Device, days: u32, now_ms: i64, zone: &TimeZone) -> i64 {
    let dice = &device.dice;
    for _ in 0..20 {
        let back = i64::try_from(dice.below(u64::from(days) + 1)).unwrap_or(0);
        let into = OPEN * 3_600 + dice.below(HOURS_OPEN * 3_600);
        let Ok(now) = Timestamp::from_millisecond(now_ms) else { break };
        let Ok(day) = now.saturating_sub(SignedDuration::from_hours(24 * back)).map(|at| at.to_zoned(zone.clone()))
        else {
            break;
        };
        let is_weekend = day.weekday().to_monday_zero_offset() >= 5;
        let Ok(morning) = day.start_of_day() else { continue };
        let at = morning.timestamp().as_millisecond() + i64::try_from(into * 1_000).unwrap_or(0);
        let is_past = at < now_ms - 60_000 && at >= now_ms - i64::from(days) * 86_400_000;
        if is_past && (!is_weekend || dice.below(5) == 0) {
            return at;
        }
    }
    now_ms - 60_000 - i64::try_from(dice.below(u64::from(days) * 86_000_000)).unwrap_or(0)
}
