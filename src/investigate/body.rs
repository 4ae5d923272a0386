//! Whether a successful status hides a refusal: some services answer 200 and say no in the body.

use serde_json::Value;

use super::message::{self, Hint};
use crate::observation::Answer;

/// Members that say no when they are false.
const FALSE_SAYS_NO: &[&str] = &[
    "success",
    "ok",
    "valid",
    "authenticated",
    "isauthenticated",
    "authorized",
    "active",
    "loggedin",
    "isloggedin",
    "isvalid",
];
/// Members that say no when they are null.
const NULL_SAYS_NO: &[&str] = &["user", "session", "principal", "account", "currentuser"];
/// Members that say no when they hold anything.
const PRESENT_SAYS_NO: &[&str] = &["error", "errors", "errorcode", "error_code"];
/// A text longer than this is a page, not a message.
const LONGEST_MESSAGE: usize = 400;

/// Whether the body says no.
pub(super) fn says_no(answer: &Answer) -> bool {
    let text = answer.body.text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => json_says_no(&value),
        Err(_) => page_says_no(text),
    }
}

fn json_says_no(value: &Value) -> bool {
    let Value::Object(members) = value else { return *value == Value::Bool(false) };
    if members.get("data") == Some(&Value::Null) && members.get("code").is_some_and(is_failure) {
        return true;
    }
    members.iter().any(|(name, value)| {
        let name = name.to_ascii_lowercase();
        match value {
            Value::Bool(false) => FALSE_SAYS_NO.contains(&name.as_str()),
            Value::Null => NULL_SAYS_NO.contains(&name.as_str()),
            Value::Bool(true) => name == "error",
            Value::String(text) if name == "status" => {
                ["error", "fail", "failed", "unauthorized", "denied"]
                    .contains(&text.to_ascii_lowercase().as_str())
            }
            Value::String(text) if ["message", "detail", "msg"].contains(&name.as_str()) => {
                refuses(text)
            }
            Value::Number(code) if ["status", "code", "statuscode"].contains(&name.as_str()) => {
                code.as_u64().is_some_and(|code| (400..500).contains(&code))
            }
            Value::String(text) => PRESENT_SAYS_NO.contains(&name.as_str()) && !text.is_empty(),
            Value::Array(items) => PRESENT_SAYS_NO.contains(&name.as_str()) && !items.is_empty(),
            Value::Object(items) => PRESENT_SAYS_NO.contains(&name.as_str()) && !items.is_empty(),
            Value::Number(_) => false,
        }
    })
}

/// Whether a code of a service's own is none of those that mean success: beside no data, that is a
/// refusal.
fn is_failure(code: &Value) -> bool {
    code.as_i64().is_some_and(|code| ![0, 1, 200, 20_000].contains(&code))
}

fn page_says_no(text: &str) -> bool {
    let form = ["type=\"password\"", "type='password'", "type=password"];
    form.iter().any(|form| text.contains(form)) || (text.len() <= LONGEST_MESSAGE && refuses(text))
}

fn refuses(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let plain = lower.starts_with("unauthorized") || lower.contains("invalid token");
    plain || message::hint_in(text).is_some_and(|hint| hint != Hint::Subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Body;

    #[test]
    fn a_refusal_under_status_200_is_seen_and_a_success_is_not() {
        for (text, no) in [
            (r#"{"success":false,"error":"Invalid token"}"#, true),
            (r#"{"user":null}"#, true),
            (r#"{"authenticated":false}"#, true),
            (r#"{"code":401,"message":"bad token"}"#, true),
            (r#"{"errors":[{"message":"jwt expired"}]}"#, true),
            (r#"{"code":50008,"msg":"no","data":null}"#, true),
            (r#"{"code":50008,"msg":"no","data":{}}"#, false),
            (r#"{"code":20000,"data":null}"#, false),
            (r#"{"code":"ok","data":null}"#, false),
            ("invalid token", true),
            (r#"<form><input name="p" type="password"></form>"#, true),
            ("<form><input type=password name=p></form>", true),
            (r#"{"user":{"id":1},"error":null}"#, false),
            (r#"{"success":true,"errors":[]}"#, false),
            (r#"{"sub":"authprobe","iss":"RemoteHive"}"#, false),
            ("<h1>Dashboard</h1>", false),
            ("ok", false),
            ("", false),
        ] {
            let answer = Answer {
                status: 200,
                body: Body { text: text.into(), ..Body::default() },
                ..Answer::default()
            };
            assert_eq!(says_no(&answer), no, "{text}");
        }
    }
}
