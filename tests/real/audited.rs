//! The keys of many pairs of env files, as two services get them: python-dotenv and `PyJWT` sign with the
//! one, dotenv and jsonwebtoken verify with the other. Folders of numbered files in, what verified out.

use std::path::Path;
use std::process::Stdio;

use super::setup::{Unavailable, step};

const SIGN: &str = "import sys, dotenv, jwt, logging, warnings
logging.disable()
warnings.simplefilter('ignore')
for n in range(int(sys.argv[1])):
    key = dotenv.dotenv_values(f'.env.e{n}').get('JWT_SECRET')
    print(jwt.encode({'sub': 'a'}, key, 'HS256') if key else '-')";

const VERIFY: &str =
    "const fs = require('fs'), dotenv = require('dotenv'), jwt = require('jsonwebtoken');
const tokens = fs.readFileSync(0, 'utf8').trim().split('\\n');
tokens.forEach((token, n) => {
    const key = dotenv.parse(fs.readFileSync(`admin/.env.e${n}`)).JWT_SECRET;
    try { jwt.verify(token, key, { algorithms: ['HS256'] }); console.log('yes'); }
    catch { console.log('no'); }
});";

/// Whether admin takes main's token, for each of so many pairs of `.env.eN` and `admin/.env.eN`.
pub fn verified(folder: &Path, count: usize) -> Result<Vec<bool>, Unavailable> {
    let mut python = super::fastapi::python()?;
    let count = count.to_string();
    let tokens = step(python.args(["-c", SIGN, &count]).current_dir(folder))?.stdout;
    let handed = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    std::fs::write(handed.path(), tokens).map_err(|error| error.to_string())?;
    let tokens = std::fs::File::open(handed.path()).map_err(|error| error.to_string())?;
    let mut node = super::node::node()?;
    let verify = node.args(["-e", VERIFY]).current_dir(folder).stdin(Stdio::from(tokens));
    let said = step(verify)?.stdout;
    Ok(String::from_utf8_lossy(&said).lines().map(|line| line == "yes").collect())
}
