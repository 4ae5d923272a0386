//! The text of a source file in, the keys that it falls back to out. A few patterns, one a row; what
//! stands in a comment or is only compared with gives nothing, and no text is kept.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::literal::{Construct, Literal, Variables};

/// A way to write a fallback.
struct Row {
    /// Endings of file names.
    endings: &'static [&'static str],
    /// A regular expression; `NAME` is a quoted name, `TEXT` a quoted text.
    pattern: &'static str,
    /// How to read the variable without a fallback.
    strict: &'static str,
    /// What the file must say besides; often nothing.
    with: &'static str,
}

const PYTHON: &[&str] = &[".py"];
const SCRIPT: &[&str] = &[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"];
const JVM: &[&str] = &[".java", ".kt", ".kts", ".scala", ".groovy"];

/// Declares the rows: endings, pattern, strict reading, what the file must say besides.
macro_rules! rows {
    ($($endings:expr, $pattern:literal, $strict:literal, $with:literal;)*) => {
        const ROWS: &[Row] = &[$(Row {
            endings: $endings, pattern: $pattern, strict: $strict, with: $with,
        },)*];
    };
}

rows! {
    PYTHON, r"\b(?:getenv|environ\.get|environ\.setdefault|config\.get|config|env|env\.str|settings\.get)\(\s*NAME\s*,\s*(?:cast\s*=\s*\w+\s*,\s*)?(?:default\s*=\s*)?TEXT\s*[,)]", "os.environ[\"{}\"]", "";
    PYTHON, r"\b(?:getenv|environ\.get|config\.get|settings\.get)\(\s*NAME\s*\)\s*or\s+TEXT", "os.environ[\"{}\"]", "";
    PYTHON, r"(?m)^[ \t]+(?P<bare>\w+)[ \t]*:[ \t]*(?:str|SecretStr)[ \t]*=[ \t]*(?:SecretStr\()?(?:Field\(\s*)?(?:default\s*=\s*)?TEXT", "the field without a default", "BaseSettings";
    SCRIPT, r"\b(?:process|Bun|import\.meta)\.env(?:\.(?P<bare>\w+)|\[\s*NAME\s*\])\s*(?:\|\||\?\?)=?\s*TEXT", "code that throws where process.env.{} is not set", "";
    SCRIPT, r"\bDeno\.env\.get\(\s*NAME\s*\)\s*(?:\|\||\?\?)\s*TEXT", "code that throws where {} is not set", "";
    SCRIPT, r"\b[cC]onfig(?:Service|uration)?\.get(?:<\w+>)?\(\s*NAME\s*(?:,\s*|\)\s*(?:\|\||\?\?)\s*)TEXT", "getOrThrow('{}')", "";
    SCRIPT, r"\b(?P<bare>[A-Z_]+)\s*:\s*(?:z|[jJ]oi|yup|str)\b[\w.(), ]*?(?:\.default\(|\(\s*\{\s*default\s*:)\s*TEXT", "the schema of {} without a default", "";
    SCRIPT, r"\b(?P<bare>[A-Z_]+)\s*=\s*TEXT[^{}]*\}\s*=\s*process\.env\b", "code that throws where process.env.{} is not set", "";
    &[".rb"], r"\bENV\.fetch\(\s*NAME\s*(?:,\s*TEXT|\)\s*\{\s*TEXT2)", "ENV.fetch(\"{}\")", "";
    &[".rb"], r"\bENV\[\s*NAME\s*\]\s*(?:\|\|=?|or)\s*TEXT", "ENV.fetch(\"{}\")", "";
    &[".php"], r"(?:\bgetenv\(\s*NAME\s*\)|\$_(?:ENV|SERVER)\[\s*NAME2\s*\])\s*(?:\?:|\?\?)\s*TEXT", "code that throws where {} is not set", "";
    &[".php"], r"\benv\(\s*NAME\s*,\s*TEXT", "env('{}')", "";
    JVM, r"\bgetenv\(\s*NAME\s*\)\s*\?:\s*TEXT", "System.getenv(\"{}\") ?: error(\"{} is not set\")", "";
    JVM, r"\bgetenv\(\)\s*\.getOrDefault\(\s*NAME\s*,\s*TEXT", "code that throws where {} is not set", "";
    JVM, r"\bgetenv\(\s*NAME\s*\)\s*\)\s*\.orElse\(\s*TEXT", ".orElseThrow()", "";
    JVM, r"@Value\(\s*.\\?\$\{(?P<bare>[\w.-]+):(?P<plain>[^}$\n]+)\}", "the placeholder of {} without a default", "";
    &[".properties"], r"\$\{(?P<bare>[\w.-]+):(?P<plain>[^}$\n-][^}$\n]*)\}", "the placeholder of {} without a default", "";
    &[".go"], r"(?i:\b(?:get_?env|env_?or|lookup_?env|env_?string)\w*)\(\s*NAME\s*,\s*TEXT", "code that exits where {} is not set", "";
    &[".rs"], r"\benv::var\(\s*NAME\s*\)\s*(?:\.ok\(\)\s*)?\.unwrap_or(?:_else)?\(\s*(?:\|\w*\|\s*)?TEXT", "env::var(\"{}\")?", "";
    &[".cs"], r"\bGetEnvironmentVariable\(\s*NAME\s*\)\s*\?\?\s*TEXT", "code that throws where {} is not set", "";
    &[".sh", ".bash"], r"\$\{(?P<bare>\w+):?[-=](?P<plain>[^}$\n]+)\}", "${{}:?}", "";
}

const NAME: &str = r#"["'](?P<nameN>[A-Za-z][\w.-]*)["']"#;
const TEXT: &str = r#"b?(?:"(?P<doubleN>(?:[^"\\\n]|\\.)*)"|'(?P<singleN>(?:[^'\\\n]|\\.)*)'|`(?P<backN>[^`$\\\n]*)`)"#;

static PATTERNS: LazyLock<Vec<(&Row, Regex)>> = LazyLock::new(|| {
    let compiled = ROWS.iter().map(|row| {
        let numbered = |part: &str, number: &str| part.replace('N', number);
        let pattern = row
            .pattern
            .replace("NAME2", &numbered(NAME, "2"))
            .replace("TEXT2", &numbered(TEXT, "2"));
        let pattern =
            pattern.replace("NAME", &numbered(NAME, "1")).replace("TEXT", &numbered(TEXT, "1"));
        Regex::new(&pattern).ok().map(|regex| (row, regex))
    });
    compiled.flatten().collect()
});

/// Whether any row is about files of this name.
pub(super) fn is_source(name: &str) -> bool {
    ROWS.iter().any(|row| has_ending(row, name))
}

fn has_ending(row: &Row, name: &str) -> bool {
    row.endings.iter().any(|ending| name.ends_with(ending))
}

/// Every key that a source file falls back to, in the order of its lines.
pub(super) fn literals(name: &str, text: &str, variables: &Variables) -> Vec<Literal> {
    let rows = PATTERNS.iter().filter(|(row, _)| has_ending(row, name) && text.contains(row.with));
    let mut found: Vec<Literal> = rows
        .flat_map(|(row, regex)| {
            let captures = regex.captures_iter(text);
            captures.filter_map(|found| literal(name, text, row, &found, variables))
        })
        .collect();
    found.sort_by_key(|literal| literal.line);
    found.dedup_by_key(|literal| literal.line);
    found
}

fn literal(
    name: &str,
    text: &str,
    row: &Row,
    found: &Captures<'_>,
    variables: &Variables,
) -> Option<Literal> {
    let first = |names: &[&str]| names.iter().find_map(|name| found.name(name));
    let variable = first(&["bare", "name1", "name2"])?.as_str();
    let value = first(&["double1", "single1", "back1", "double2", "single2", "back2", "plain"])?;
    let whole = found.get(0)?;
    let is_ours = variables.has(variable) && !is_comment(name, &text[..whole.start()]);
    if !is_ours || goes_on(&text[whole.end()..]) || is_compared(text, value.as_str()) {
        return None;
    }
    let line = text[..value.start()].matches('\n').count() + 1;
    Literal::new(line, variable, Construct::SourceFallback(row.strict), value.as_str())
}

/// Whether what follows these characters is in a comment or a text about the code.
fn is_comment(name: &str, before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let has_hash =
        [".py", ".rb", ".sh", ".bash", ".php", ".properties"].iter().any(|end| name.ends_with(end));
    let in_block = before.rfind("/*") > before.rfind("*/");
    let in_text = ["\"\"\"", "'''"].iter().any(|quote| before.matches(quote).count() % 2 == 1);
    let marks: &[&str] = if has_hash { &["#"] } else { &["//"] };
    marks.iter().any(|mark| line.contains(mark))
        || (!has_hash && in_block)
        || (PYTHON.iter().any(|ending| name.ends_with(ending)) && in_text)
}

/// Whether the text is only a part of a longer expression, or is compared with something.
fn goes_on(after: &str) -> bool {
    let after = after.trim_start_matches([')', ' ', '\t']);
    ["+", "%", "==", "!=", "in ", "not in "].iter().any(|next| after.starts_with(next))
}

/// A program that looks whether it got its fallback may well refuse to run with it.
fn is_compared(text: &str, value: &str) -> bool {
    let quoted = ["\"", "'"].map(|quote| format!("{quote}{value}{quote}"));
    let compares = |line: &str| {
        ["==", "!=", " in (", " in [", " in {", ".includes(", ".equals("]
            .iter()
            .any(|sign| line.contains(sign))
    };
    text.lines().any(|line| quoted.iter().any(|quoted| line.contains(quoted)) && compares(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(name: &str, text: &str) -> Vec<usize> {
        let variables = Variables::new(["SECRET_KEY"]);
        literals(name, text, &variables).iter().map(|literal| literal.line).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), ROWS.len());
    }

    #[test]
    fn fallbacks_of_every_language_are_found() {
        for (name, text) in [
            ("a.py", "KEY = os.getenv(\"JWT_SECRET_KEY\", \"abc\")"),
            ("a.py", "KEY = os.environ.get('JWT_SECRET_KEY', default='abc')"),
            ("a.py", "KEY = os.getenv(\"SECRET_KEY\") or 'abc'"),
            ("a.py", "KEY = config('SECRET_KEY', cast=Secret, default='abc')"),
            ("a.py", "class S(BaseSettings):\n    jwt_secret_key: str = \"abc\""),
            (
                "a.py",
                "class S(BaseSettings):\n    JWT_SECRET: SecretStr = Field(default=\"abc\", min_length=3)",
            ),
            ("a.ts", "const key = process.env.JWT_SECRET || 'abc';"),
            ("a.ts", "const key = process.env['JWT_SECRET'] ?? \"abc\";"),
            ("a.js", "process.env.JWT_SECRET ||= `abc`"),
            ("a.ts", "secret: configService.get<string>('JWT_SECRET') || 'abc',"),
            ("a.ts", "secret: this.configService.get('JWT_SECRET', 'abc'),"),
            ("a.ts", "const env = z.object({ JWT_SECRET: z.string().min(3).default('abc') })"),
            ("a.ts", "const { PORT, JWT_SECRET = 'abc' } = process.env"),
            ("a.ts", "Deno.env.get(\"JWT_SECRET\") ?? \"abc\""),
            ("a.rb", "ENV.fetch('JWT_SECRET', 'abc')"),
            ("a.rb", "ENV.fetch(\"JWT_SECRET\") { \"abc\" }"),
            ("a.rb", "key = ENV['JWT_SECRET'] || 'abc'"),
            ("a.php", "$key = getenv('JWT_SECRET') ?: 'abc';"),
            ("a.php", "$key = $_ENV['JWT_SECRET'] ?? 'abc';"),
            ("a.php", "'secret' => env('JWT_SECRET', 'abc'),"),
            ("A.kt", "val key = System.getenv(\"JWT_SECRET\") ?: \"abc\""),
            ("A.java", "System.getenv().getOrDefault(\"JWT_SECRET\", \"abc\")"),
            ("A.java", "Optional.ofNullable(System.getenv(\"JWT_SECRET\")).orElse(\"abc\")"),
            ("A.java", "@Value(\"${jwt.secret:abc}\")"),
            ("A.kt", "@Value(\"\\${jwt.secret:abc}\")"),
            ("application.properties", "jwt.key=${JWT_SECRET:abc}"),
            ("a.go", "secret := getEnvOrDefault(\"JWT_SECRET\", \"abc\")"),
            ("a.rs", "env::var(\"JWT_SECRET\").unwrap_or_else(|_| \"abc\".into())"),
            ("a.cs", "Environment.GetEnvironmentVariable(\"JWT_SECRET\") ?? \"abc\""),
            ("a.sh", "export JWT_SECRET=\"${JWT_SECRET:-abc}\""),
        ] {
            assert_eq!(lines(name, &format!("\n{text}\n")).len(), 1, "{text}");
        }
    }

    #[test]
    fn strict_readings_comments_and_comparisons_are_silent() {
        for (name, text) in [
            ("a.py", "KEY = os.environ[\"JWT_SECRET_KEY\"]"),
            ("a.py", "KEY = os.getenv(\"JWT_SECRET_KEY\", \"\")"),
            ("a.py", "KEY = os.getenv(\"JWT_SECRET_KEY\", default)"),
            ("a.py", "KEY = os.getenv(\"STRIPE_SECRET\", \"abc\")"),
            ("a.py", "KEY = os.getenv(\"JWT_SECRET_KEY\", \"sk_test_abc\")"),
            ("a.py", "# KEY = os.getenv(\"JWT_SECRET_KEY\", \"abc\")"),
            ("a.py", "\"\"\"Was os.getenv(\"JWT_SECRET_KEY\", \"abc\") once.\"\"\""),
            ("a.py", "if os.getenv(\"JWT_SECRET_KEY\", \"abc\") == \"abc\": raise SystemExit"),
            (
                "a.py",
                "K = os.getenv(\"JWT_SECRET_KEY\", \"abc\")\nif K == 'abc':\n    raise SystemExit",
            ),
            ("a.py", "KEY = os.getenv(\"JWT_SECRET_KEY\", \"abc\" + salt)"),
            ("a.py", "class Token(BaseModel):\n    jwt_secret: str = \"abc\""),
            (
                "a.py",
                "class S(BaseSettings):\n    jwt_secret_key: str\n    jwt_secret: str = Field(...)",
            ),
            ("a.ts", "const key = process.env.JWT_SECRET!;"),
            ("a.ts", "const key = process.env.JWT_SECRET || '';"),
            ("a.ts", "const key = process.env.JWT_SECRET ?? `${prefix}abc`;"),
            ("a.ts", "// process.env.JWT_SECRET || 'abc'"),
            ("a.ts", "/* was\n process.env.JWT_SECRET || 'abc'\n*/"),
            ("a.rb", "ENV.fetch('JWT_SECRET')"),
            ("A.java", "@Value(\"${jwt.secret}\")"),
            ("a.go", "os.Setenv(\"JWT_SECRET\", \"abc\")"),
            ("a.rs", "env::var(\"JWT_SECRET\").expect(\"JWT_SECRET\")"),
            ("a.sh", ": \"${JWT_SECRET:?set it}\" ${JWT_SECRET:-}"),
            ("a.txt", "os.getenv(\"JWT_SECRET_KEY\", \"abc\")"),
        ] {
            assert_eq!(lines(name, &format!("\n{text}\n")), [0; 0], "{text}");
        }
    }

    #[test]
    fn the_line_is_that_of_the_text() {
        assert_eq!(lines("a.py", "a\nb = os.getenv(\n    \"JWT_SECRET\",\n    \"abc\",\n)\n"), [4]);
    }
}
