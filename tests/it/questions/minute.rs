//! Ten questions in a minute: those that a team asks in one go, and tens drawn at random, on one project, within the
//! minute's calls of CrashSight.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::*;

/// Calls of CrashSight in a minute, for all tools together.
const QUOTA: u64 = 25;

/// Tens that are drawn in every run of the tests.
const TENS_DRAWN: usize = 20;

/// Questions of ten that are answered in full, on average.
const LEAST_WHOLE: usize = 6;

/// What a breakdown says of a sample that is smaller because few calls are left.
const FEW_DOCUMENTS: &str = "documents read for keys and logs 3";

/// Ten questions on one project, as a team asks them in one go. Ten of those that take most calls are more than a
/// minute's: then replies name what is not included.
const TENS: &[(&str, [&str; 10])] = &[
    (
        "in the morning",
        [
            "daily_android",
            "top_today",
            "full_stack",
            "keys_of_crash",
            "bug_of_issue",
            "notes",
            "oom_rate",
            "devices_top_models",
            "spike_minutes",
            "trend_hours",
        ],
    ),
    (
        "after a release",
        [
            "compare_versions",
            "release_when",
            "report_version_37",
            "what_first",
            "trend_two_versions",
            "top_version",
            "release_gate",
            "issue_trend",
            "since_which_version",
            "stack_lines",
        ],
    ),
    (
        "at the end of a week",
        [
            "came_back",
            "compare_weeks",
            "what_first",
            "which_same_bug",
            "trend_30d",
            "devices_of_issue",
            "open_issues",
            "without_bug",
            "devices_os",
            "devices_top_models",
        ],
    ),
    (
        "about ANRs and memory",
        [
            "anr_today",
            "anr_ios",
            "anr_top",
            "what_first_anr",
            "threads",
            "oom_today",
            "oom_rate",
            "emulators",
            "spike_minutes",
            "open_issues",
        ],
    ),
    (
        "about one issue",
        [
            "keys_common",
            "keys_of_crash",
            "log_before",
            "since_which_version",
            "issue_trend",
            "spike_minutes",
            "stack_lines",
            "notes",
            "who_is_on_it",
            "oom_rate",
        ],
    ),
];

#[tokio::test]
async fn ten_questions_on_one_project_are_answered_within_a_minutes_calls() {
    let simulator = simulator().await;
    let questions = questions();
    let mut problems = Vec::new();
    for (ten, names) in TENS {
        let base = simulator.base_url();
        // Nothing waits: what the minute has no calls for is refused.
        let toolbox = toolbox(
            testing::demo_projects(&base, &ACCOUNTS[..1], &PROJECTS[..1]),
            CallLimits {
                max_wait: Duration::ZERO,
                ..CallLimits::default()
            },
        );
        let asked_before = simulator.calls();
        for name in names {
            let of_name = questions.iter().find(|(of, _)| of == name);
            let (_, question) = of_name.unwrap_or_else(|| panic!("{name}"));
            let answers = ask(&toolbox, question).await;
            let facts = question.facts.iter();
            let absent = facts.filter(|fact| !answers.replies.contains(*fact));
            let problem = |what: &String| format!("{ten}: {name}: {what}");
            problems.extend(answers.failed.iter().chain(&answers.left_out).map(problem));
            problems.extend(absent.map(|fact| problem(&format!("not in the replies: {fact}"))));
        }
        let asked = simulator.calls() - asked_before;
        println!("{ten} | {asked} requests");
        if asked > QUOTA {
            problems.push(format!("{ten}: {asked} requests"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Whether a question is about one project. Those about several, inspections and players, who are looked for in every
/// project, make calls for each of these; calls and pushes are of other accounts. They are in no ten.
fn is_of_one_project(question: &Question) -> bool {
    let elsewhere = ["inspection", "player", "calls and pushes"];
    let names_none = |call: &Call| !call.arguments.to_string().contains("starfall-");
    let names_all = |call: &Call| call.arguments.contains_key("projects");
    !elsewhere.contains(&question.kind.as_str())
        && question
            .calls
            .iter()
            .all(|call| names_none(call) && !names_all(call))
}

/// A sequence of numbers that is the same in every run (Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    /// Ten of these, in the order in which they are drawn.
    fn ten<T: Copy>(&mut self, of: &[T]) -> Vec<T> {
        let mut left = of.to_vec();
        let draw = |_| left.swap_remove(self.below(left.len()));
        (0..10).map(draw).collect()
    }
}

/// What ten questions came to.
#[derive(Default)]
struct Minute {
    /// Requests to CrashSight.
    requests: usize,
    /// Questions whose replies leave nothing out.
    whole: usize,
    problems: Vec<String>,
}

/// Asks questions on one project in the calls of one minute.
async fn minute(simulator: &Simulator, ten: &[&(String, Question)]) -> Minute {
    // Nothing waits: what the minute has no calls for is refused.
    let limits = CallLimits {
        max_wait: Duration::ZERO,
        ..CallLimits::default()
    };
    let base = simulator.base_url();
    let projects = testing::demo_projects(&base, &ACCOUNTS, &PROJECTS[..1]);
    let toolbox = toolbox(projects, limits);
    let (mut minute, mut seen) = (Minute::default(), HashSet::new());
    for (name, question) in ten {
        let answers = ask(&toolbox, question).await;
        seen.extend(answers.requests);
        let facts = question.facts.iter();
        let absent: Vec<_> = facts
            .filter(|fact| !answers.replies.contains(*fact))
            .collect();
        // A sample of few documents says how many they are.
        let few = answers.replies.contains(FEW_DOCUMENTS);
        if answers.left_out.is_empty() && !few {
            minute.whole += usize::from(answers.failed.is_empty());
            let absent = absent.iter();
            let said = absent.map(|fact| format!("{name}: absent without a word: {fact}"));
            minute.problems.extend(said);
        }
        let failed = answers.failed.iter();
        minute
            .problems
            .extend(failed.map(|failed| format!("{name}: {failed}")));
    }
    let of_service = |key: &&String| key.starts_with(&format!("{} ", ACCOUNTS[0].name));
    minute.requests = seen.iter().filter(of_service).count();
    minute
}

/// Ten questions that are drawn may be more than a minute's calls if each is answered in full: 29 on average, 42 at most.
/// Then each is answered all the same, and names what it leaves out.
///
/// `TENS=200` draws more.
#[tokio::test]
async fn any_ten_questions_on_one_project_are_answered_within_a_minutes_calls() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how much is drawn is chosen by the environment"
    )]
    let tens = std::env::var("TENS").map_or(TENS_DRAWN, |tens| tens.parse().unwrap());
    let simulator = simulator().await;
    let questions = questions();
    let pool: Vec<_> = questions
        .iter()
        .filter(|(_, question)| is_of_one_project(question))
        .collect();
    assert!(pool.len() >= 40, "{} questions", pool.len());
    let mut numbers = Numbers(2026);
    let mut by_requests: BTreeMap<usize, usize> = BTreeMap::new();
    let mut by_whole: BTreeMap<usize, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for number in 1..=tens {
        let ten = numbers.ten(&pool);
        let minute = minute(&simulator, &ten).await;
        *by_requests.entry(minute.requests).or_default() += 1;
        *by_whole.entry(minute.whole).or_default() += 1;
        let names: Vec<&str> = ten.iter().map(|(name, _)| name.as_str()).collect();
        let said = minute.problems.into_iter();
        problems.extend(said.map(|said| format!("ten {number} ({}): {said}", names.join(" "))));
        if minute.requests > usize::try_from(QUOTA).unwrap() {
            problems.push(format!("ten {number}: {} requests", minute.requests));
        }
    }
    println!("tens by requests: {by_requests:?}");
    println!("tens by questions answered in full: {by_whole:?}");
    let whole: usize = by_whole.iter().map(|(whole, tens)| whole * tens).sum();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(
        whole >= tens * LEAST_WHOLE,
        "{whole} of {tens} tens in full"
    );
}
