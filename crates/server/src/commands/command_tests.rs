use std::collections::BTreeSet;

use super::*;

/// Exit, standard output, standard error.
fn called(arguments: &[&str]) -> (Exit, String, String) {
    let (mut answers, mut remarks) = (Vec::new(), Vec::new());
    let arguments = ["switchboard", "--env-file", "/dev/null"].iter().chain(arguments).map(OsString::from);
    let exit = run(arguments, [], &mut answers, &mut remarks);
    (exit, String::from_utf8(answers).unwrap(), String::from_utf8(remarks).unwrap())
}

#[test]
fn the_command_line_is_well_formed() {
    use clap::CommandFactory as _;
    Cli::command().debug_assert();
}

#[test]
fn config_shows_value_and_source() {
    let (exit, answers, remarks) =
        called(&["config", "--port", "5000", "--set", "INTERNAL_API_SECRET=0123456789abcdef0123456789abcdef"]);
    assert_eq!((exit, remarks.as_str()), (Exit::Ok, ""));
    let line = |name: &str| {
        answers.lines().find(|line| line.starts_with(name)).unwrap().split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(line("PORT"), ["PORT", "5000", "flag"]);
    assert_eq!(line("INTERNAL_API_SECRET"), ["INTERNAL_API_SECRET", "***", "flag"]);
    assert_eq!(line("DATABASE_URL"), ["DATABASE_URL", "sqlite:///./data/switchboard.db", "made", "from", "DATA_DIR"]);
    assert!(!answers.contains("SUPABASE_URL"));
}

#[test]
fn config_in_json_is_one_array_of_every_row() {
    let (exit, answers, _) = called(&["--json", "config", "--all", "--set", "SUPABASE_URL=https://x.supabase.co"]);
    assert_eq!(exit, Exit::Ok);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&answers).unwrap();
    let names: BTreeSet<&str> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), crate::config::catalogue::ALL.len());
    let supabase = rows.iter().find(|row| row["name"] == "SUPABASE_URL").unwrap();
    assert_eq!(supabase["source"], "flag");
    assert!(supabase["note"].as_str().unwrap().starts_with("not needed here"));
}

#[test]
fn config_of_named_settings_says_what_they_do() {
    let (exit, answers, _) = called(&["config", "JWT_SECRET_KEY", "SUPABASE_URL"]);
    assert_eq!(exit, Exit::Ok);
    assert_eq!(answers.lines().count(), 3);
    assert!(answers.contains("signs the tokens") && answers.contains("not needed here"), "{answers}");
    let (exit, _, remarks) = called(&["config", "PROT"]);
    assert_eq!(exit, Exit::NotFound);
    assert!(remarks.starts_with("there is no setting PROT"), "{remarks}");
}

#[test]
fn wrong_settings_are_shown_beside_every_fault_and_end_with_2() {
    let (exit, answers, remarks) = called(&["config", "--set", "PORT=x", "--set", "LOG_LEVEL=loud"]);
    assert_eq!(exit, Exit::Usage);
    assert!(answers.contains("DATABASE_URL"));
    assert_eq!(remarks.lines().count(), 2, "{remarks}");
    let (_, _, remarks) = called(&["config", "--json", "--set", "PORT=x"]);
    let report: serde_json::Value = serde_json::from_str(&remarks).unwrap();
    assert_eq!(report["exit_code"], 2);
    assert_eq!(report["faults"][0]["variable"], "PORT");
}

#[test]
fn a_wrong_command_line_ends_with_2_and_help_is_an_answer() {
    let (exit, answers, remarks) = called(&["config", "--set", "PORT"]);
    assert_eq!((exit, answers.as_str()), (Exit::Usage, ""));
    assert!(remarks.contains("write NAME=value"), "{remarks}");
    let (exit, answers, remarks) = called(&["--help"]);
    assert_eq!((exit, remarks.as_str()), (Exit::Ok, ""));
    assert!(answers.contains("Exit codes: 0 done"), "{answers}");
}

#[test]
fn version_answers_in_both_forms() {
    assert!(called(&["version"]).1.starts_with(concat!("switchboard ", env!("CARGO_PKG_VERSION"))));
    let json: serde_json::Value = serde_json::from_str(&called(&["version", "--json"]).1).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
}
