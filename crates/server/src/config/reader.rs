//! Turns texts into typed values, and keeps every fault and every value in force on the way.
//!
//! Reading never stops at the first fault: a value that cannot be read is replaced by the variable's preset so that the
//! rest can be looked at, and the person gets all faults at once.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Serialize;

use super::{
    catalogue::{self, Mask, Preset, Role, Variable},
    fault::{Fault, Wrong},
    placeholder,
    sources::{Held, Source, Sources},
};

/// A value in force, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    pub name: &'static str,
    /// Masked where it is secret; `None` where nothing is set and nothing stands in for it.
    pub value: Option<String>,
    pub source: String,
}

pub(super) struct Reader<'a> {
    sources: &'a Sources,
    faults: Vec<Fault>,
    in_force: BTreeMap<&'static str, InForce>,
}

impl<'a> Reader<'a> {
    pub fn new(sources: &'a Sources) -> Self {
        let mut reader = Self { sources, faults: sources.faults().to_vec(), in_force: BTreeMap::new() };
        for variable in catalogue::ALL.iter().copied().filter(|variable| variable.role != Role::Read) {
            reader.glance(variable);
        }
        reader
    }

    /// A variable that nothing reads: kept for showing. One whose feature is to come still may not be a placeholder,
    /// because somebody means to use it.
    fn glance(&mut self, variable: &'static Variable) {
        let Some(held) = self.peek(variable) else { return };
        if matches!(variable.role, Role::LaterFeature { .. })
            && let Some(wrong) = placeholder::check(variable, &held.value)
        {
            self.fault_of(variable, Some(&held), wrong);
        }
        self.show(variable, &held.value, held.place(variable));
    }

    /// What somebody set, if it is not an unfinished copy out of a guide.
    pub fn held(&mut self, variable: &'static Variable) -> Option<Held> {
        debug_assert_eq!(variable.role, Role::Read, "{} is read but declared otherwise", variable.name);
        self.in_force.entry(variable.name).or_insert(InForce {
            name: variable.name,
            value: None,
            source: Source::Default.to_string(),
        });
        let (held, fault) = self.sources.lookup(variable);
        self.faults.extend(fault);
        let held = held.filter(|held| !placeholder::means_unset(&held.value))?;
        if let Some(wrong) = placeholder::check(variable, &held.value) {
            self.fault_of(variable, Some(&held), wrong);
            return None;
        }
        self.show(variable, &held.value, held.place(variable));
        Some(held)
    }

    /// The value read by `parse`; the preset where nothing is set or what is set is wrong.
    pub fn parse<T>(&mut self, variable: &'static Variable, parse: impl Fn(&str) -> Result<T, Wrong>) -> Option<T> {
        if let Some(held) = self.held(variable) {
            match parse(&held.value) {
                Ok(value) => return Some(value),
                Err(wrong) => self.fault_of(variable, Some(&held), wrong),
            }
        } else if let Preset::Is(text) = variable.preset {
            self.show(variable, text, Source::Default.to_string());
        }
        let Preset::Is(text) = variable.preset else { return None };
        parse(text).map_err(|wrong| self.fault_of(variable, None, wrong)).ok()
    }

    /// What somebody set, without looking at it: faults come out where it is read.
    pub fn peek(&self, variable: &'static Variable) -> Option<Held> {
        self.sources.lookup(variable).0.filter(|held| !placeholder::means_unset(&held.value))
    }

    /// Whether somebody set it, rightly or wrongly.
    pub fn is_set(&self, variable: &'static Variable) -> bool {
        self.peek(variable).is_some()
    }

    pub fn text(&mut self, variable: &'static Variable) -> Option<String> {
        self.parse(variable, |text| Ok(text.to_owned()))
    }

    pub fn secret(&mut self, variable: &'static Variable) -> Option<SecretString> {
        debug_assert_eq!(variable.mask, Mask::Whole, "{} is secret but shown", variable.name);
        self.held(variable).map(|held| SecretString::from(held.value))
    }

    pub fn flag(&mut self, variable: &'static Variable) -> Option<bool> {
        self.parse(variable, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(Wrong::value(text, "true or false", "write true or false")),
        })
    }

    /// Records a fault of a variable as a whole, or of how it goes with others.
    pub fn fault(&mut self, variable: &'static Variable, wrong: Wrong) {
        let (held, _) = self.sources.lookup(variable);
        self.fault_of(variable, held.as_ref(), wrong);
    }

    fn fault_of(&mut self, variable: &'static Variable, held: Option<&Held>, Wrong { wrong, right }: Wrong) {
        self.faults.push(Fault {
            variable: held.map_or(variable.name, |held| held.name.as_str()).to_owned(),
            wrong,
            right,
            source: held.map(|held| held.source.to_string()),
        });
    }

    /// Keeps what a variable that nobody set came to be, and from what.
    pub fn made(&mut self, variable: &'static Variable, value: &str, from: &str) {
        self.show(variable, value, Source::Made(from.to_owned()).to_string());
    }

    fn show(&mut self, variable: &'static Variable, value: &str, source: String) {
        let shown = InForce { name: variable.name, value: Some(variable.shown(value)), source };
        self.in_force.insert(variable.name, shown);
    }

    /// Every value in force in the order of the list, and every fault.
    pub fn finish(mut self) -> (Vec<InForce>, Vec<Fault>) {
        let rows = catalogue::ALL.iter().filter_map(|variable| self.in_force.remove(variable.name)).collect();
        (rows, self.faults)
    }
}
