//! Prompts: what a person picks from a menu instead of writing it.

use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};

const PLAN: &str = "plan_my_day";
const REVIEW: &str = "weekly_review";

/// The prompts.
pub(super) fn list() -> Vec<Prompt> {
    let hours = PromptArgument::new("hours")
        .with_title("Free hours")
        .with_description(
            "How many hours are free today; left out, what is left of the working day.",
        )
        .with_required(false);
    vec![
        Prompt::new(
            PLAN,
            Some("Fills the free hours of today with the tasks that matter most."),
            Some(vec![hours]),
        )
        .with_title("Plan my day"),
        Prompt::new(
            REVIEW,
            Some("Looks back on the week, and tidies up what is left."),
            None,
        )
        .with_title("Weekly review"),
    ]
}

/// The messages of a prompt.
pub(super) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let given = |name: &str| {
        let arguments = request.arguments.as_ref()?;
        let text = arguments.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let text = match request.name.as_str() {
        PLAN => plan(given("hours").as_deref())?,
        REVIEW => REVIEW_TEXT.to_owned(),
        other => {
            let text = format!("There is no prompt {other}. There are {PLAN} and {REVIEW}.");
            return Err(ErrorData::invalid_params(text, None));
        }
    };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(
        Role::User,
        text,
    )]))
}

fn plan(hours: Option<&str>) -> Result<String, ErrorData> {
    let free = match hours {
        None => "what is left of my working day: call plan_day without free_hours".to_owned(),
        Some(hours) => match hours.parse::<f64>() {
            Ok(number) if number > 0.0 && number <= 16.0 => {
                format!("{number} hours: call plan_day with free_hours {number}")
            }
            _ => {
                let text = "hours must be a number over 0 and at most 16, as in 2.5.";
                return Err(ErrorData::invalid_params(text, None));
            }
        },
    };
    Ok(format!(
        "Plan my day. I have {free}. First call get_overview and tell me what is overdue. Then show me the plan as a short list with times and one reason each, and say what does not fit. Ask me what to leave out or move, and change only what I say, with put_off_task or reschedule_task."
    ))
}

const REVIEW_TEXT: &str = "Do a weekly review with me. Call get_overview. Tell me what I completed in the last seven days and praise only what is there. Then go through what is overdue, task by task: is it done (complete_task), does it get another date (reschedule_task), is it to be hidden for now (put_off_task), or is it no longer worth doing (delete_task)? Wait for my answer each time. Next ask me what is on my mind and capture it with capture_tasks. End with what_next, and name the three tasks that matter most next week.";
